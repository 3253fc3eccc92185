using System.Collections.Immutable;
using Serving.Data;

namespace Serving.Engine.Drift;

/// <summary>
/// What is watched of a version: its features before encoders and, last, its score; and where the counts of each stand
/// in one flat array. Immutable and safe for use by several threads.
/// </summary>
/// <remarks>
/// A number has <see cref="NumberCells"/> cells: missing, then buckets. A text has <see cref="TextCells"/>: missing,
/// unseen in the baseline, then the baseline's most frequent values. A list counts by its length, a bool as 0 and 1, a
/// time in milliseconds, a cross by its digest as a text. Address of cell i of column c: <c>FirstCells[c] + i</c>.
/// </remarks>
internal sealed class DriftColumns
{
    /// <summary>Name of the last column.</summary>
    public const string Score = "score";

    /// <summary>Cells of a number: missing and at most ten buckets; one is spare.</summary>
    public const int NumberCells = 12;

    /// <summary>Values of a text that have a bucket of their own.</summary>
    public const int TextValuesMax = 100;

    /// <summary>Cells of a text: missing, unseen, and the values.</summary>
    public const int TextCells = TextValuesMax + 2;

    /// <summary>Place of the rows without a value among a column's cells.</summary>
    public const int MissingCell = 0;

    /// <summary>Place of the values that the baseline does not name among a text's cells.</summary>
    public const int UnseenCell = 1;

    /// <summary>Makes the columns of a version's features before encoders.</summary>
    public DriftColumns(RowSchema features)
    {
        Types = [.. features.Fields.Select(field => field.Type), new FieldType(ValueKind.Float)];
        Names = [.. features.Fields.Select(field => field.Name), Score];
        var firstCells = ImmutableArray.CreateBuilder<int>(Types.Length);
        foreach (FieldType type in Types)
        {
            firstCells.Add(CellCount);
            CellCount += IsText(type) ? TextCells : NumberCells;
        }

        FirstCells = firstCells.MoveToImmutable();
    }

    /// <summary>Names, the score's last.</summary>
    public ImmutableArray<string> Names { get; }

    /// <summary>What the values are.</summary>
    public ImmutableArray<FieldType> Types { get; }

    /// <summary>Where the cells of each column begin.</summary>
    public ImmutableArray<int> FirstCells { get; }

    /// <summary>Cells of all columns.</summary>
    public int CellCount { get; }

    /// <summary>Number of columns.</summary>
    public int Count => Types.Length;

    /// <summary>Whether a column counts by values instead of borders.</summary>
    public bool IsText(int column) => IsText(Types[column]);

    /// <summary>The cells of a column.</summary>
    public Span<long> CellsOf(int column, long[] counts) =>
        counts.AsSpan(FirstCells[column], IsText(column) ? TextCells : NumberCells);

    private static bool IsText(FieldType type) => type.Kind is ValueKind.String or ValueKind.Digest;
}
