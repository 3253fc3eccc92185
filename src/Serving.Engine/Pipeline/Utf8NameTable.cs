using System.IO.Hashing;
using System.Text;
using Serving.Data;

namespace Serving.Engine.Pipeline;

/// <summary>
/// Names looked up by their UTF-8 bytes as they stand in a request, so that no string is made. Immutable and safe for
/// use by several threads.
/// </summary>
internal sealed class Utf8NameTable
{
    private readonly byte[][] _names;

    // Open addressing: slot = hash & (length - 1), linear probing; -1 is empty. At most half full, so a probe ends.
    private readonly int[] _slots;

    /// <summary>Makes a table of different names; <see cref="IndexOf"/> gives their place here.</summary>
    public Utf8NameTable(IEnumerable<string> names)
    {
        _names = [.. names.Select(Encoding.UTF8.GetBytes)];
        int size = 8;
        while (size < _names.Length * 2)
        {
            size *= 2;
        }

        _slots = new int[size];
        Array.Fill(_slots, -1);
        for (int index = 0; index < _names.Length; index++)
        {
            int slot = (int)XxHash3.HashToUInt64(_names[index]) & (size - 1);
            while (_slots[slot] >= 0)
            {
                slot = (slot + 1) & (size - 1);
            }

            _slots[slot] = index;
        }
    }

    /// <summary>Place of a name, or -1. Allocates nothing.</summary>
    [HotPath]
    public int IndexOf(ReadOnlySpan<byte> utf8)
    {
        int mask = _slots.Length - 1;
        for (int slot = (int)XxHash3.HashToUInt64(utf8) & mask; ; slot = (slot + 1) & mask)
        {
            int index = _slots[slot];
            if (index < 0 || utf8.SequenceEqual(_names[index]))
            {
                return index;
            }
        }
    }
}
