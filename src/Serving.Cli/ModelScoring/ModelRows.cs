using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using Serving.Cli.CommandLine;
using Serving.Data;
using Serving.Data.Time;
using Serving.Models;
using Serving.Tables;

namespace Serving.Cli.ModelScoring;

/// <summary>
/// Reads the rows of <c>model score</c>: one column per model feature, by name where the header's names are the
/// model's, else by position. <c>inf</c> and <c>-inf</c> are values, an empty cell is missing, categories are codes or,
/// where the model holds their names, texts. One thread.
/// </summary>
internal sealed class ModelRows : IDisposable
{
    private readonly ScoringModel _model;
    private readonly string _path;
    private readonly IRowSource _source;
    private readonly RowBatch _cells;
    private readonly FeatureBatch _batch = new();
    private readonly List<InputProblem> _problems = [];
    private long _problemCount;

    // For each model feature its dense place, or its id column as -1 - column.
    private readonly int[] _places;
    private readonly int _denseCount;
    private readonly int _idColumns;

    private ModelRows(ScoringModel model, string path, IRowSource source)
    {
        _model = model;
        _path = path;
        _source = source;
        _cells = new RowBatch(source.Schema);
        _places = new int[model.Inputs.Length];
        for (int index = 0; index < _places.Length; index++)
        {
            _places[index] = model.Inputs[index].TakesIds ? -1 - _idColumns++ : _denseCount++;
        }
    }

    public double Progress => _source.Progress;

    /// <summary>Opens the rows of a model.</summary>
    /// <exception cref="InputException">No such file, or another number of columns than the model has
    /// features.</exception>
    public static ModelRows Open(CommandConsole console, ScoringModel model, string path)
    {
        Stream? standardInput = path == TableFormats.StandardStream ? Buffered(console.Input) : null;
        var options = new RowReaderOptions(ZoneTable.Utc)
        {
            Format = path == TableFormats.StandardStream ? TableFormat.Csv : null,
            StandardInput = standardInput,
            Notice = notice => console.Error.WriteLine("note: " + notice),
        };
        ImmutableArray<string> columns = RowReader.Columns(path, options);
        if (standardInput is not null)
        {
            standardInput.Position = 0;
        }

        options = options with { Renames = Renames(model, path, columns) };
        var text = new FieldType(ValueKind.String, Optional: true);
        var schema = new RowSchema(
            "rows", [.. Enumerable.Range(0, model.Features.Length).Select(index => new Field($"{index}", text))]);
        return new ModelRows(model, path, RowReader.Open(path, schema, options));
    }

    /// <summary>The next rows, or null at the end; valid until the next call.</summary>
    public FeatureBatch? Read()
    {
        while (_source.ReadChunk() is { } chunk)
        {
            using (chunk)
            {
                Fill(chunk);
            }

            // Nothing is scored any more once a cell is wrong, but every wrong cell of the file is told.
            if (_problemCount == 0)
            {
                return _batch;
            }
        }

        return _problemCount == 0 ? null : throw new InputException([.. _problems], _problemCount);
    }

    public void Dispose() => _source.Dispose();

    // The head is read before the rows, so a pipe is taken whole.
    private static MemoryStream Buffered(Stream input)
    {
        var buffer = new MemoryStream();
        input.CopyTo(buffer);
        buffer.Position = 0;
        return buffer;
    }

    private static ImmutableDictionary<string, string> Renames(
        ScoringModel model, string path, ImmutableArray<string> columns)
    {
        bool byName = model.Features.All(feature => columns.Contains(feature.Name));
        if (!byName && columns.Length != model.Features.Length)
        {
            throw new InputException(new InputProblem(
                path,
                $"{columns.Length} columns "
                    + $"({string.Join(", ", columns.Take(10))}{(columns.Length > 10 ? ", ..." : "")})",
                $"one for each of the model's {model.Features.Length} features "
                    + $"({string.Join(", ", model.Features.Take(10).Select(feature => feature.Name))}"
                    + $"{(model.Features.Length > 10 ? ", ..." : "")})",
                "name the columns as the features, or give as many"));
        }

        return Enumerable.Range(0, model.Features.Length).ToImmutableDictionary(
            index => $"{index}", index => byName ? model.Features[index].Name : columns[index]);
    }

    private void Fill(IRowChunk chunk)
    {
        chunk.Parse(_cells, null);
        _batch.Reset(_cells.RowCount, _denseCount, _idColumns, _cells.RowCount * _idColumns * 64);
        for (int row = 0; row < _cells.RowCount; row++)
        {
            for (int feature = 0; feature < _places.Length; feature++)
            {
                Fill(row, feature, chunk.FirstRow + row);
            }
        }
    }

    private void Fill(int row, int feature, long number)
    {
        int place = _places[feature];
        ReadOnlySpan<byte> cell = _cells.GetText(row, feature);
        bool present = _cells.IsPresent(row, feature) && cell.Length > 0;
        if (place >= 0)
        {
            _batch.Dense[(row * _denseCount) + place] = present ? Number(cell, feature, number) : double.NaN;
            return;
        }

        double id = present ? Number(cell, feature, number) : 0;
        uint size = _model.Inputs[feature].Size;
        if (id != Math.Floor(id) || id < 0 || id >= size)
        {
            Problem(cell, feature, number, $"an id from 0 to {size - 1}");
            id = 0;
        }

        _batch.Ids[_batch.IdCount++] = (uint)id;
        _batch.IdEnds[(row * _idColumns) - 1 - place] = _batch.IdCount;
    }

    private double Number(ReadOnlySpan<byte> cell, int feature, long number)
    {
        ModelFeature described = _model.Features[feature];
        if (described.TakesText)
        {
            int code = described.CodeOf(Encoding.UTF8.GetString(cell));
            if (code >= 0)
            {
                return code;
            }

            Problem(cell, feature, number, "a category that the model knows");
            return double.NaN;
        }

        if (double.TryParse(cell, NumberStyles.Float, CultureInfo.InvariantCulture, out double value)
            && IsPlain(cell, value))
        {
            return value;
        }

        switch (cell)
        {
            case [(byte)'i', (byte)'n', (byte)'f'] or [(byte)'+', (byte)'i', (byte)'n', (byte)'f']:
                return double.PositiveInfinity;
            case [(byte)'-', (byte)'i', (byte)'n', (byte)'f']:
                return double.NegativeInfinity;
            case [(byte)'n' or (byte)'N', (byte)'a', (byte)'n' or (byte)'N']:
                return double.NaN;
            default:
                Problem(cell, feature, number, "a number, inf, -inf or an empty cell");
                return double.NaN;
        }
    }

    // .NET also reads names of infinities and turns 1e400 into one; a number of a file is finite.
    private static bool IsPlain(ReadOnlySpan<byte> cell, double value) =>
        double.IsFinite(value) && !cell.Contains((byte)' ');

    private void Problem(ReadOnlySpan<byte> cell, int feature, long number, string expected)
    {
        if (_problemCount++ < InputException.ProblemsShownMax)
        {
            string found = $"'{Encoding.UTF8.GetString(cell[..Math.Min(cell.Length, 40)])}'";
            _problems.Add(new InputProblem(
                $"{_path}, row {number}, column '{_model.Features[feature].Name}'", found, expected));
        }
    }
}
