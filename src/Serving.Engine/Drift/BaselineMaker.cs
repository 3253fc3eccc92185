using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using Serving.Data;
using Serving.Data.Numerics;
using Serving.Engine.Pipeline;

namespace Serving.Engine.Drift;

/// <summary>
/// Makes a baseline of rows of features before encoders, as <c>features run --raw</c> writes them, and of the scores
/// that a version gives them. One thread.
/// </summary>
internal sealed class BaselineMaker
{
    private readonly ScoringPipeline _pipeline;
    private readonly DriftColumns _columns;
    private readonly ImmutableArray<ColumnBuilder> _builders;
    private readonly FeatureBatch _encoded = new();
    private readonly double[] _rawScores;
    private readonly double[] _scores;
    private long _rows;

    private BaselineMaker(ScoringPipeline pipeline)
    {
        _pipeline = pipeline;
        _columns = new DriftColumns(pipeline.RawSchema);
        _builders =
        [
            .. Enumerable.Range(0, _columns.Count)
                .Select(column => new ColumnBuilder(_columns.Names[column], _columns.IsText(column))),
        ];
        _rawScores = new double[pipeline.OutputCount];
        _scores = new double[pipeline.ScoreCount];
    }

    /// <summary>The schema of the rows: features before encoders, each of which may be missing.</summary>
    public static RowSchema SchemaOf(ScoringPipeline pipeline) => new(
        pipeline.RawSchema.Name,
        [.. pipeline.RawSchema.Fields.Select(field => field with { Type = field.Type.AsOptional() })]);

    /// <summary>The baseline of all rows of a source of <see cref="SchemaOf"/>.</summary>
    /// <exception cref="InputException">Rows are wrong, or there are none.</exception>
    public static DriftBaseline Make(ScoringPipeline pipeline, IRowSource source)
    {
        var maker = new BaselineMaker(pipeline);
        var rows = new RowBatch(source.Schema);
        while (source.ReadChunk() is { } chunk)
        {
            using (chunk)
            {
                chunk.Parse(rows, null);
                maker.Add(rows);
            }
        }

        return maker._rows > 0
            ? new DriftBaseline(maker._rows, [.. maker._builders.Select(builder => builder.Build())])
            : throw new InputException(
                new InputProblem("baseline", "no rows", "rows as features run --raw writes them"));
    }

    private void Add(RowBatch rows)
    {
        int score = _columns.Count - 1;
        for (int row = 0; row < rows.RowCount; row++)
        {
            for (int column = 0; column < score; column++)
            {
                Add(rows, row, column);
            }

            _pipeline.Encode(rows, row, isStateMissing: false, _encoded);
            _pipeline.Score(_encoded, _rawScores, _scores);
            if (double.IsFinite(_scores[0]))
            {
                _builders[score].Add(_scores[0]);
            }
            else
            {
                _builders[score].AddMissing();
            }

            _rows++;
        }
    }

    private void Add(RowBatch rows, int row, int column)
    {
        ColumnBuilder builder = _builders[column];
        if (!rows.IsPresent(row, column))
        {
            builder.AddMissing();
            return;
        }

        FieldType type = _columns.Types[column];
        long slot = rows.Get(row, column);
        switch (type.Kind)
        {
            case ValueKind.String:
                builder.Add(Encoding.UTF8.GetString(rows.TextOf(slot)));
                break;
            case ValueKind.Digest:
                builder.Add(slot.ToString("x16", CultureInfo.InvariantCulture));
                break;
            case ValueKind.Decimal:
                builder.Add(DecimalConversion.ToDouble(slot, type.Scale));
                break;
            default:
                builder.Add(DriftBuckets.NumberOf(type.Kind, slot));
                break;
        }
    }
}
