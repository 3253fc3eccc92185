using System.Diagnostics;
using System.Runtime.InteropServices;

namespace Serving.State.Embedded;

/// <summary>
/// Open addressing from a hash to an entry's number, linear probing, at most 70 % full. A slot is 8 bytes: the number
/// + 1 (0: empty) and 32 bits of the hash, which place it too, so that growing never reads the entries. One owner.
/// </summary>
internal sealed unsafe class KeyIndex
{
    private const int FirstCapacity = 16;

    private ulong* _slots;
    private uint _mask;
    private int _count;

    public KeyIndex()
    {
        _slots = (ulong*)NativeMemory.AllocZeroed(FirstCapacity, sizeof(ulong));
        _mask = FirstCapacity - 1;
    }

    /// <summary>Native bytes in use.</summary>
    public long Bytes => ((long)_mask + 1) * sizeof(ulong);

    /// <summary>
    /// The next entry whose hash agrees, from a probe on; -1 at the end. Begin with <c>probe = hash</c>.
    /// </summary>
    public int Next(uint hash, ref uint probe)
    {
        while (true)
        {
            ulong slot = _slots[probe++ & _mask];
            if (slot == 0)
            {
                return -1;
            }

            if ((uint)(slot >> 32) == hash)
            {
                return (int)(uint)slot - 1;
            }
        }
    }

    /// <summary>Adds an entry. REQUIRES: it is not there.</summary>
    public void Add(uint hash, int entry)
    {
        if ((ulong)(_count + 1) * 10 > ((ulong)_mask + 1) * 7)
        {
            Grow();
        }

        Place(_slots, _mask, ((ulong)hash << 32) | (uint)(entry + 1));
        _count++;
    }

    /// <summary>Removes an entry; those behind it move up, so there are no tombstones.</summary>
    public void Remove(uint hash, int entry)
    {
        ulong wanted = ((ulong)hash << 32) | (uint)(entry + 1);
        uint hole = hash & _mask;
        while (_slots[hole] != wanted)
        {
            Debug.Assert(_slots[hole] != 0, "the entry is in the index");
            hole = (hole + 1) & _mask;
        }

        uint next = hole;
        while (true)
        {
            next = (next + 1) & _mask;
            ulong slot = _slots[next];
            if (slot == 0)
            {
                break;
            }

            // A slot may fill the hole where its own place is not behind the hole.
            uint home = (uint)(slot >> 32) & _mask;
            if (((next - home) & _mask) >= ((next - hole) & _mask))
            {
                _slots[hole] = slot;
                hole = next;
            }
        }

        _slots[hole] = 0;
        _count--;
    }

    /// <summary>Frees the memory.</summary>
    public void Free()
    {
        NativeMemory.Free(_slots);
        _slots = null;
    }

    private static void Place(ulong* slots, uint mask, ulong slot)
    {
        uint at = (uint)(slot >> 32) & mask;
        while (slots[at] != 0)
        {
            at = (at + 1) & mask;
        }

        slots[at] = slot;
    }

    private void Grow()
    {
        uint mask = checked((_mask * 2) + 1);
        ulong* slots = (ulong*)NativeMemory.AllocZeroed((nuint)mask + 1, sizeof(ulong));
        for (ulong i = 0; i <= _mask; i++)
        {
            if (_slots[i] != 0)
            {
                Place(slots, mask, _slots[i]);
            }
        }

        NativeMemory.Free(_slots);
        _slots = slots;
        _mask = mask;
    }
}
