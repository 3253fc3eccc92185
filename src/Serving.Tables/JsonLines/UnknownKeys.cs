using System.IO.Hashing;
using System.Text;

namespace Serving.Tables.JsonLines;

/// <summary>
/// The keys that no field wants, each with the row that had it last, so that doubles are seen and one notice can name
/// them. One thread.
/// </summary>
internal sealed class UnknownKeys
{
    // Names come from the file: beyond this many they are not told apart, so that memory stays bounded.
    private const int NamesMax = 1024;

    private readonly byte[]?[] _names = new byte[NamesMax * 2][];
    private readonly long[] _lastRows = new long[NamesMax * 2];
    private int _count;

    /// <summary>Notes a key of a row (numbered from 1); false when the row had it before.</summary>
    public bool TryAdd(ReadOnlySpan<byte> name, long row)
    {
        int slot = (int)(XxHash3.HashToUInt64(name) % (ulong)_names.Length);
        while (_names[slot] is { } known && !name.SequenceEqual(known))
        {
            slot = (slot + 1) % _names.Length;
        }

        if (_names[slot] is null)
        {
            if (_count == NamesMax)
            {
                return true;
            }

            _names[slot] = name.ToArray();
            _count++;
        }

        bool isNew = _lastRows[slot] != row;
        _lastRows[slot] = row;
        return isNew;
    }

    /// <summary>The names, sorted.</summary>
    public IReadOnlyList<string> Names() =>
        [.. _names.Where(name => name is not null).Select(name => Encoding.UTF8.GetString(name!))
            .Order(StringComparer.Ordinal)];
}
