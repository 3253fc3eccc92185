using System.Collections.Immutable;
using System.Text;
using Serving.Data;
using Serving.Data.Windows;
using Serving.Engine.Bundles;
using Serving.Engine.Pipeline;
using Serving.Features;

namespace Serving.Engine.Offline;

/// <summary>
/// <c>score --bundle</c>: rows through the pipeline that serves, in file order. Columns <c>id, score, raw_score, model,
/// version</c>, with several outputs then <c>score_0 ..., raw_score_0 ...</c>. Immutable; a run uses every core.
/// </summary>
public sealed class BatchScore
{
    private const int FixedFields = 5;

    private readonly ScoringPipeline _pipeline;
    private readonly FeatureScript? _script;
    private readonly WindowPlan _windows;
    private readonly byte[] _model;
    private readonly long _version;
    private readonly int _idField;
    private readonly int _timeField;
    private readonly bool _isNumbered;

    /// <summary>Makes the run of a bundle.</summary>
    public BatchScore(Bundle bundle)
        : this(
            bundle.Pipeline, bundle.Manifest.Name, bundle.Manifest.Version, bundle.Script?.IdField ?? -1,
            bundle.Script?.TimeField ?? -1, bundle.Script)
    {
    }

    private BatchScore(
        ScoringPipeline pipeline, string model, long version, int idField, int timeField, FeatureScript? script)
    {
        _script = script;
        _windows = script?.Windows ?? WindowPlan.None;
        _pipeline = pipeline;
        _model = Encoding.UTF8.GetBytes(model);
        _version = version;
        _timeField = timeField;
        RowSchema rows = OfflineRows.WithoutLabel(pipeline.Rows, pipeline.LabelFields);

        // Without a script the id is the column of that name if no input has it, else the row's number.
        bool takesIdColumn = idField < 0 && rows.IndexOf("id") < 0;
        _isNumbered = idField < 0;
        Input = takesIdColumn
            ? new RowSchema(
                rows.Name, rows.Fields.Add(new Field("id", new FieldType(ValueKind.String, Optional: true))))
            : rows;
        _idField = takesIdColumn ? rows.Fields.Length : idField;
        Output = new RowSchema(rows.Name, OutputFields());
    }

    /// <summary>
    /// The rows to read: the request's fields, those that only the label reads being optional; without a script the
    /// model's inputs, and an optional <c>id</c> where no input has that name.
    /// </summary>
    public RowSchema Input { get; }

    /// <summary>The rows that are written.</summary>
    public RowSchema Output { get; }

    /// <summary>
    /// Runs over a source of <see cref="Input"/> rows into a sink of <see cref="Output"/> rows, and completes it.
    /// </summary>
    /// <exception cref="InputException">Rows are wrong; nothing is written under the sink's name.</exception>
    public OfflineResult Run(IRowSource source, IRowSink sink, OfflineOptions options) =>
        new ChunkRun(source, sink, options, _timeField, () => new Worker(this, source.KeptSchema)).Run();

    /// <summary>
    /// Runs over files, whose events are the past of the requests, into a sink, and completes it. REQUIRES: a bundle
    /// whose script has windows.
    /// </summary>
    /// <param name="files">The request's file and those of the events that the script's windows read.</param>
    /// <param name="createSink">
    /// Makes a sink of <see cref="Output"/> rows and kept columns; called again when the run has to begin again.
    /// </param>
    /// <param name="options">How the run goes.</param>
    /// <exception cref="InputException">Rows are wrong; nothing is written under the sink's name.</exception>
    public OfflineResult Run(OfflineFiles files, Func<RowSchema?, IRowSink> createSink, OfflineOptions options)
    {
        var requests = new WindowedRequests(_script!, Input, files, options);
        return OfflineRows.Run(requests, createSink, (source, sink) => Run(source, sink, options));
    }

    private ImmutableArray<Field> OutputFields()
    {
        var number = new FieldType(ValueKind.Float, Optional: true);
        FieldType id = _isNumbered ? new FieldType(ValueKind.String) : Input.Fields[_idField].Type;
        var fields = ImmutableArray.CreateBuilder<Field>();
        fields.Add(new Field("id", id));
        fields.Add(new Field("score", number));
        fields.Add(new Field("raw_score", number));
        fields.Add(new Field("model", new FieldType(ValueKind.String)));
        fields.Add(new Field("version", new FieldType(ValueKind.Int)));
        if (_pipeline.OutputCount > 1)
        {
            fields.AddRange(
                Enumerable.Range(0, _pipeline.ScoreCount).Select(index => new Field($"score_{index}", number)));
            fields.AddRange(
                Enumerable.Range(0, _pipeline.OutputCount).Select(index => new Field($"raw_score_{index}", number)));
        }

        return fields.ToImmutable();
    }

    private sealed class Worker(BatchScore run, RowSchema? kept) : ChunkWorker(
        run.Input, kept, run.Output, run._windows)
    {
        private readonly FeatureBatch _features = new();
        private readonly FeatureFrame? _frame = run._pipeline.CreateFrame();
        private double[] _scores = [];
        private double[] _rawScores = [];

        public override long SaturationCount => _frame?.SaturationCount ?? 0;

        public override void Fill(long firstRow)
        {
            (int badRow, int badField) = run._pipeline.Evaluate(Rows, Windows, _features, _frame, null);
            if (badRow >= 0)
            {
                throw new InputException(new InputProblem(
                    $"row {firstRow + badRow}, column '{Rows.Schema.Fields[badField].Name}'",
                    "a value that the model does not know",
                    "a category or id of the model"));
            }

            int outputs = run._pipeline.OutputCount;
            int scoreCount = run._pipeline.ScoreCount;
            Reserve(Rows.RowCount * Math.Max(outputs, scoreCount));
            Span<double> rawScores = _rawScores.AsSpan(0, Rows.RowCount * outputs);
            Span<double> scores = _scores.AsSpan(0, Rows.RowCount * scoreCount);
            run._pipeline.Score(_features, rawScores, scores);
            long model = Output.AddText(run._model);
            for (int row = 0; row < Rows.RowCount; row++)
            {
                Output.AddRow();
                Output.Set(row, 0, IdOf(row, firstRow));
                Output.SetFloat(row, 1, scores[row * scoreCount]);
                Output.SetFloat(row, 2, rawScores[row * outputs]);
                Output.Set(row, 3, model);
                Output.Set(row, 4, run._version);
                if (outputs > 1)
                {
                    SetAll(row, FixedFields, scores.Slice(row * scoreCount, scoreCount));
                    SetAll(row, FixedFields + scoreCount, rawScores.Slice(row * outputs, outputs));
                }
            }
        }

        private long IdOf(int row, long firstRow)
        {
            if (run._idField >= 0 && Rows.IsPresent(row, run._idField))
            {
                FieldType type = Rows.Schema.Fields[run._idField].Type;
                return OfflineRows.Copy(Output, Rows, type, Rows.Get(row, run._idField));
            }

            Span<byte> digits = stackalloc byte[20];
            (firstRow + row).TryFormat(digits, out int length);
            return Output.AddText(digits[..length]);
        }

        private void SetAll(int row, int firstField, ReadOnlySpan<double> values)
        {
            for (int index = 0; index < values.Length; index++)
            {
                Output.SetFloat(row, firstField + index, values[index]);
            }
        }

        private void Reserve(int count)
        {
            if (_scores.Length < count)
            {
                _scores = new double[count];
                _rawScores = new double[count];
            }
        }
    }
}
