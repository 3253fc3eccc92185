using System.Globalization;
using System.Text;
using Serving.Data;
using Serving.Data.Cells;

namespace Serving.Server.Rows;

/// <summary>
/// What is wrong with the rows of one request: the first <see cref="ShownMax"/> problems and a count of the rest.
/// Making texts allocates, which a request that is right never does. Not safe for use by several threads; reused.
/// </summary>
internal sealed class RequestProblems
{
    /// <summary>Problems named in an answer; a client that has as many has one mistake in its code.</summary>
    public const int ShownMax = 16;

    /// <summary>Row of values that all rows share.</summary>
    public const int SharedRow = -1;

    /// <summary>No row: the request holds one alone, or the problem is of the whole request.</summary>
    public const int NoRow = -2;

    // A value is shown shortened: an answer must not become as long as a hostile request.
    private const int FoundBytesMax = 40;

    private readonly List<RequestProblem> _shown = [];

    /// <summary>How many problems there are.</summary>
    public long Count { get; private set; }

    /// <summary>The problems that are named.</summary>
    public IReadOnlyList<RequestProblem> Shown => _shown;

    /// <summary>Forgets all problems.</summary>
    public void Clear()
    {
        if (Count > 0)
        {
            _shown.Clear();
            Count = 0;
        }
    }

    /// <summary>Notes a value that does not fit its field.</summary>
    public void AddValue(int row, Field field, CellFault fault, string found)
    {
        Count++;
        if (_shown.Count < ShownMax)
        {
            FieldType type = field.Type;
            string expected = CellFaultText.Expected(fault, type);
            _shown.Add(new RequestProblem(PlaceOf(row, field.Name), $"found {found}, expected {expected}"));
        }
    }

    /// <summary>Notes a field name that nobody knows.</summary>
    public void AddUnknownField(int row, ReadOnlySpan<byte> name)
    {
        Count++;
        if (_shown.Count < ShownMax)
        {
            _shown.Add(new RequestProblem(PlaceOf(row, Shorten(name)), "unknown field"));
        }
    }

    /// <summary>Notes a field that is given twice.</summary>
    public void AddDuplicate(int row, ReadOnlySpan<byte> name)
    {
        Count++;
        if (_shown.Count < ShownMax)
        {
            _shown.Add(new RequestProblem(PlaceOf(row, Shorten(name)), "the field is given twice"));
        }
    }

    /// <summary>Notes anything else.</summary>
    public void Add(int row, string? field, string what)
    {
        Count++;
        if (_shown.Count < ShownMax)
        {
            _shown.Add(new RequestProblem(PlaceOf(row, field), what));
        }
    }

    /// <summary>All problems in one text.</summary>
    public override string ToString()
    {
        var text = new StringBuilder();
        foreach (RequestProblem problem in _shown)
        {
            text.Append(text.Length == 0 ? "" : "; ").Append(problem);
        }

        return Count > _shown.Count
            ? text.Append(CultureInfo.InvariantCulture, $"; and {Count - _shown.Count} more").ToString()
            : text.ToString();
    }

    /// <summary>Bytes of a request as text for a message: shortened, without control characters.</summary>
    public static string Shorten(ReadOnlySpan<byte> utf8)
    {
        string text = Encoding.UTF8.GetString(utf8[..Math.Min(utf8.Length, FoundBytesMax)]);
        var shown = new StringBuilder(text.Length + 3);
        foreach (char unit in text)
        {
            shown.Append(char.IsControl(unit) || unit == '\uFFFD' ? '?' : unit);
        }

        return utf8.Length > FoundBytesMax ? shown.Append("...").ToString() : shown.ToString();
    }

    private static string PlaceOf(int row, string? field)
    {
        string place = row switch
        {
            SharedRow => "shared",
            NoRow => "",
            _ => string.Create(CultureInfo.InvariantCulture, $"rows[{row}]"),
        };
        string separator = place.Length > 0 && field is not null ? ", " : "";
        return field is null ? place : $"{place}{separator}field '{field}'";
    }
}
