using System.Collections.Frozen;
using System.Collections.Immutable;
using System.Globalization;
using System.IO.Hashing;
using System.Text;

namespace Serving.Data;

/// <summary>
/// The fields of one kind of row in their order, with look-up by name. Immutable and safe for use by several threads.
/// </summary>
public sealed class RowSchema
{
    private readonly FrozenDictionary<string, int> _indexByName;

    // Open addressing over the UTF-8 names: slot = hash & (length - 1), linear probing; -1 is empty. At most half full.
    private readonly int[] _utf8Table;
    private readonly byte[][] _utf8Names;

    /// <summary>Makes a schema. Throws <see cref="ArgumentException"/> when a name stands twice.</summary>
    public RowSchema(string name, ImmutableArray<Field> fields)
    {
        Name = name;
        Fields = fields;
        _indexByName = fields.Select((field, index) => (field, index)).ToFrozenDictionary(
            pair => pair.field.Name, pair => pair.index, StringComparer.Ordinal);
        _utf8Names = [.. fields.Select(field => Encoding.UTF8.GetBytes(field.Name))];
        _utf8Table = BuildTable(_utf8Names);
        Hash = HashOf(fields);
    }

    /// <summary>Name of the kind of row, e.g. the request event's name.</summary>
    public string Name { get; }

    /// <summary>The fields in order.</summary>
    public ImmutableArray<Field> Fields { get; }

    /// <summary>
    /// XXH64 of the lines <c>name:type\n</c>, seed 0: clients that send values by index name the schema by it.
    /// </summary>
    public ulong Hash { get; }

    /// <summary>Place of a field, or -1.</summary>
    public int IndexOf(string name) => _indexByName.TryGetValue(name, out int index) ? index : -1;

    /// <summary>Place of a field by its UTF-8 name, or -1. Allocates nothing.</summary>
    public int IndexOf(ReadOnlySpan<byte> utf8Name)
    {
        int mask = _utf8Table.Length - 1;
        for (int slot = (int)XxHash3.HashToUInt64(utf8Name) & mask; ; slot = (slot + 1) & mask)
        {
            int index = _utf8Table[slot];
            if (index < 0 || utf8Name.SequenceEqual(_utf8Names[index]))
            {
                return index;
            }
        }
    }

    /// <summary>The UTF-8 bytes of a field's name.</summary>
    public ReadOnlySpan<byte> Utf8Name(int index) => _utf8Names[index];

    private static int[] BuildTable(byte[][] names)
    {
        int size = 8;
        while (size < names.Length * 2)
        {
            size *= 2;
        }

        int[] table = new int[size];
        Array.Fill(table, -1);
        for (int index = 0; index < names.Length; index++)
        {
            int slot = (int)XxHash3.HashToUInt64(names[index]) & (size - 1);
            while (table[slot] >= 0)
            {
                slot = (slot + 1) & (size - 1);
            }

            table[slot] = index;
        }

        return table;
    }

    private static ulong HashOf(ImmutableArray<Field> fields)
    {
        var text = new StringBuilder();
        foreach (Field field in fields)
        {
            text.Append(CultureInfo.InvariantCulture, $"{field.Name}:{field.Type}\n");
        }

        return XxHash64.HashToUInt64(Encoding.UTF8.GetBytes(text.ToString()));
    }
}
