using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;
using Serving.Data.Numerics;

namespace Serving.Features.Fitting;

/// <summary>
/// An object of a statistics file being read. Every getter returns a harmless value where the member is absent or of
/// another kind, and notes the problem; <see cref="Close"/> notes members that nobody asked for.
/// </summary>
internal sealed class StatisticsNode
{
    private readonly JsonElement _element;
    private readonly string _place;
    private readonly StatisticsProblems _problems;
    private readonly HashSet<string> _asked = new(StringComparer.Ordinal);

    public StatisticsNode(JsonElement element, string place, StatisticsProblems problems)
    {
        _element = element;
        _place = place;
        _problems = problems;
        IsObject = element.ValueKind == JsonValueKind.Object;
        problems.Check(IsObject, place, Describe(element), "an object");
    }

    private bool IsObject { get; }

    /// <summary>The place of a member.</summary>
    public string PlaceOf(string name) => _place.Length == 0 ? name : $"{_place}.{name}";

    public string Text(string name) => Read(name, "a string", TryText, "");

    public string? OptionalText(string name) =>
        Read<string?>(name, "a string or null", TryOptional<string>(TryText), null);

    /// <summary>A count: an integer from 0 on.</summary>
    public long Count(string name) => Read(name, "an integer of at least 0", TryCount, 0L);

    public long Integer(string name) => Read(name, "an integer", TryInteger, 0L);

    public long? OptionalInteger(string name) =>
        Read<long?>(name, "an integer or null", (JsonElement element, out long? value) =>
        {
            value = null;
            if (element.ValueKind == JsonValueKind.Null)
            {
                return true;
            }

            bool isRead = TryInteger(element, out long integer);
            value = integer;
            return isRead;
        }, null);

    public double Number(string name) => Read(name, "a number", TryNumber, 0.0);

    public double Float(string name) => Read(name, "a number as 0x1.8000000000000p+1", TryFloat, 0.0);

    public StatisticsNode Object(string name) => new(Member(name, isRequired: false), PlaceOf(name), _problems);

    public bool Has(string name) => Member(name, isRequired: false).ValueKind != JsonValueKind.Undefined;

    public ImmutableArray<StatisticsNode> Objects(string name)
    {
        var nodes = ImmutableArray.CreateBuilder<StatisticsNode>();
        foreach (JsonElement element in Elements(name))
        {
            nodes.Add(new StatisticsNode(element, $"{PlaceOf(name)}[{nodes.Count}]", _problems));
        }

        return nodes.ToImmutable();
    }

    public ImmutableArray<long> Counts(string name) => Items<long>(name, "an integer of at least 0", TryCount);

    public ImmutableArray<double> Floats(string name) =>
        Items<double>(name, "a number as 0x1.8000000000000p+1", TryFloat);

    /// <summary>An array of anything that a reader takes.</summary>
    public ImmutableArray<T> Items<T>(string name, string expected, StatisticsValueReader<T> read)
    {
        var items = ImmutableArray.CreateBuilder<T>();
        int index = 0;
        foreach (JsonElement element in Elements(name))
        {
            if (read(element, out T value))
            {
                items.Add(value);
            }
            else
            {
                _problems.Add($"{PlaceOf(name)}[{index}]", Describe(element), expected);
            }

            index++;
        }

        return items.ToImmutable();
    }

    /// <summary>Notes a problem where a check does not hold.</summary>
    public void Check(bool holds, string name, string found, string expected) =>
        _problems.Check(holds, PlaceOf(name), found, expected);

    /// <summary>Notes the members that are not part of the layout.</summary>
    public void Close()
    {
        if (IsObject)
        {
            foreach (JsonProperty member in _element.EnumerateObject())
            {
                _problems.Check(_asked.Contains(member.Name), PlaceOf(member.Name), "a member", "nothing of that name");
            }
        }
    }

    public static bool TryInteger(JsonElement element, out long value)
    {
        value = 0;
        return element.ValueKind switch
        {
            JsonValueKind.Number => element.TryGetInt64(out value),
            JsonValueKind.String => TryText(element, out string text)
                && long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out value),
            _ => false,
        };
    }

    public static bool TryFloat(JsonElement element, out double value)
    {
        value = 0;
        return TryText(element, out string text) && HexFloat.TryParse(text, out value);
    }

    public static bool TryText(JsonElement element, out string value)
    {
        value = "";
        if (element.ValueKind != JsonValueKind.String)
        {
            return false;
        }

        try
        {
            value = element.GetString()!;
            return true;
        }
        catch (InvalidOperationException)
        {
            // Half of a surrogate pair, written as an escape.
            return false;
        }
    }

    private static bool TryCount(JsonElement element, out long value) => TryInteger(element, out value) && value >= 0;

    private static bool TryNumber(JsonElement element, out double value)
    {
        value = 0;
        return element.ValueKind == JsonValueKind.Number && element.TryGetDouble(out value) && double.IsFinite(value);
    }

    private static StatisticsValueReader<T?> TryOptional<T>(StatisticsValueReader<T> read)
        where T : class => (JsonElement element, out T? value) =>
    {
        value = null;
        if (element.ValueKind == JsonValueKind.Null)
        {
            return true;
        }

        bool isRead = read(element, out T found);
        value = found;
        return isRead;
    };

    private T Read<T>(string name, string expected, StatisticsValueReader<T> read, T otherwise)
    {
        JsonElement element = Member(name);
        if (element.ValueKind == JsonValueKind.Undefined)
        {
            return otherwise;
        }

        if (read(element, out T value))
        {
            return value;
        }

        _problems.Add(PlaceOf(name), Describe(element), expected);
        return otherwise;
    }

    private JsonElement Member(string name, bool isRequired = true)
    {
        _asked.Add(name);
        if (!IsObject)
        {
            return default;
        }

        if (_element.TryGetProperty(name, out JsonElement element))
        {
            return element;
        }

        _problems.Check(!isRequired, PlaceOf(name), "nothing", "a member of that name");
        return default;
    }

    private IEnumerable<JsonElement> Elements(string name)
    {
        JsonElement array = Member(name);
        if (array.ValueKind == JsonValueKind.Array)
        {
            return array.EnumerateArray();
        }

        _problems.Check(array.ValueKind == JsonValueKind.Undefined, PlaceOf(name), Describe(array), "an array");
        return [];
    }

    private static string Describe(JsonElement element) => element.ValueKind switch
    {
        JsonValueKind.Object => "an object",
        JsonValueKind.Array => "an array",
        JsonValueKind.Undefined => "nothing",
        _ => element.GetRawText(),
    };
}
