using System.Text.Json;
using Serving.Data;

namespace Serving.Engine.Tensors.Mapping;

/// <summary>Reads what fills an input: a name, a list of names, or ids with length and padding. Stateless.</summary>
internal static class FillReader
{
    private const int LengthMax = 1 << 20;
    private static readonly string[] s_members = ["ids", "length", "pad"];

    /// <summary>Reads a fill.</summary>
    /// <param name="place">Where it stands.</param>
    /// <param name="value">What stands there.</param>
    /// <param name="columns">The columns, for the length of ids that does not say its own.</param>
    /// <exception cref="InputException">It is none.</exception>
    public static ColumnFill Read(string place, JsonElement value, MappingColumns columns) => value.ValueKind switch
    {
        JsonValueKind.String => new ColumnFill([MappedColumn.Parse(value.GetString()!)]) { IsSingle = true },
        JsonValueKind.Array => ReadList(place, value),
        JsonValueKind.Object => ReadIds(place, value, columns),
        _ => throw Wrong(place, value.GetRawText()),
    };

    private static ColumnFill ReadList(string place, JsonElement value)
    {
        if (value.GetArrayLength() == 0 || value.EnumerateArray().Any(item => item.ValueKind != JsonValueKind.String))
        {
            throw Wrong(place, value.GetRawText());
        }

        return new ColumnFill([.. value.EnumerateArray().Select(item => MappedColumn.Parse(item.GetString()!))]);
    }

    private static ColumnFill ReadIds(string place, JsonElement value, MappingColumns columns)
    {
        MappingReader.CheckMembers(value, place, s_members);
        JsonElement name = MappingReader.Member(value, "ids");
        if (name.ValueKind != JsonValueKind.String)
        {
            throw Wrong(place, value.GetRawText());
        }

        MappedColumn column = new(name.GetString()!, false);
        int length = MappingReader.Number(value, "length", 1) ?? columns.Find(column.Name)?.IdsMax ?? 1;
        if (length > LengthMax)
        {
            throw new InputException(new InputProblem(place, $"a length of {length}", $"at most {LengthMax}"));
        }

        int pad = MappingReader.Number(value, "pad", 0) ?? 0;
        return new ColumnFill([column]) { TakesIds = true, Length = length, Pad = (uint)pad };
    }

    private static InputException Wrong(string place, string found) => new(new InputProblem(
        place,
        found,
        "the name of a column, a list of names, or {\"ids\": COLUMN, \"length\": N, \"pad\": ID}"));
}
