using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Serving.Data;

namespace Serving.State.Windows;

/// <summary>
/// Judges repetitions (R44): finds the last accepted event of an id among the key's last 4,096. Emptied without being
/// cleared: each blob has marks above those of the one before. Not safe for use by several threads.
/// </summary>
internal sealed class IdTable(long repetitionMs)
{
    /// <summary>How many accepted events back a repetition is found (R44).</summary>
    public const int Remembered = 4096;

    // Ids come from clients: without a secret they could be chosen to meet in one slot.
    private readonly ulong _factor = RandomWord() | 1;
    private readonly ulong _mask = RandomWord();

    private Entry[] _entries = new Entry[64];
    private int _shift = 64 - 6;

    // A mark is _start + place among the accepted + 1; entries at or below _start are of earlier blobs.
    private long _start;

    /// <summary>Number of events accepted since <see cref="Begin"/>.</summary>
    public long Accepted { get; private set; }

    /// <summary>Empties the table for a blob of at most so many events.</summary>
    public void Begin(int events)
    {
        _start += Accepted + 1;
        Accepted = 0;
        if (_entries.Length < events * 4)
        {
            int size = (int)BitOperations.RoundUpToPowerOf2((uint)events * 4);
            _entries = new Entry[size];
            _shift = 64 - BitOperations.Log2((uint)size);
        }
    }

    /// <summary>Accepts an event, or says that it is a repetition. Events come in order of (known, position).</summary>
    [HotPath]
    public bool Accept(ulong id, long known)
    {
        Entry[] entries = _entries;
        int last = entries.Length - 1;
        int slot = (int)(unchecked((id ^ _mask) * _factor) >> _shift);
        while (true)
        {
            ref Entry entry = ref entries[slot];
            if (entry.Mark <= _start)
            {
                break;
            }

            if (entry.Id == id)
            {
                if (IsRemembered(entry, known))
                {
                    return false;
                }

                break;
            }

            slot = (slot + 1) & last;
        }

        Accepted++;
        entries[slot] = new Entry { Id = id, Known = known, Mark = _start + Accepted };
        return true;
    }

    /// <summary>The same as <see cref="Accept"/>; nearly every id is new and finds its slot empty.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool TryAddNew(ulong id, long known)
    {
        ref Entry entry = ref _entries[(int)(unchecked((id ^ _mask) * _factor) >> _shift)];
        if (entry.Mark > _start)
        {
            return Accept(id, known);
        }

        Accepted++;
        entry.Id = id;
        entry.Known = known;
        entry.Mark = _start + Accepted;
        return true;
    }

    /// <summary>How far behind an id's known time a repetition of it can be, in milliseconds; the greatest long: any.
    /// </summary>
    public long ReachMs { get; } = repetitionMs < 0 ? long.MaxValue : repetitionMs;

    /// <summary>
    /// Accepts an event that is known further behind all earlier ones than a repetition can be, without noting its id:
    /// <see cref="NoteLast"/> does so as soon as another event is near.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void AcceptFar() => Accepted++;

    /// <summary>Notes the id of the event that was accepted last.</summary>
    public void NoteLast(ulong id, long known)
    {
        Entry[] entries = _entries;
        int slot = (int)(unchecked((id ^ _mask) * _factor) >> _shift);
        while (entries[slot].Mark > _start && entries[slot].Id != id)
        {
            slot = (slot + 1) & (entries.Length - 1);
        }

        entries[slot] = new Entry { Id = id, Known = known, Mark = _start + Accepted };
    }

    /// <summary>
    /// Accepts what is no repetition among neighbours in order of (known, position) that were known at a time; returns
    /// how many places of them were written.
    /// </summary>
    [HotPath]
    public int AcceptAll(ReadOnlySpan<ulong> ids, ReadOnlySpan<long> knowns, long time, int first, Span<int> places)
    {
        Entry[] entries = _entries;
        ulong mask = _mask;
        ulong factor = _factor;
        int shift = _shift;
        long mark = _start + Accepted;
        int count = 0;
        for (int index = 0; index < ids.Length; index++)
        {
            long known = knowns[index];
            if (known > time)
            {
                break;
            }

            // Nearly every id is new and finds its slot empty.
            ulong id = ids[index];
            ref Entry entry = ref entries[(int)(unchecked((id ^ mask) * factor) >> shift)];
            if (entry.Mark <= _start)
            {
                entry.Id = id;
                entry.Known = known;
                entry.Mark = ++mark;
                places[count++] = first + index;
                continue;
            }

            Accepted = mark - _start;
            if (Accept(id, known))
            {
                places[count++] = first + index;
            }

            mark = _start + Accepted;
        }

        Accepted = mark - _start;
        return count;
    }

    private static ulong RandomWord()
    {
        Span<byte> bytes = stackalloc byte[8];
        RandomNumberGenerator.Fill(bytes);
        return BitConverter.ToUInt64(bytes);
    }

    private bool IsRemembered(in Entry entry, long known)
    {
        long behind = Accepted - (entry.Mark - _start);
        (long low, long high) = known >= entry.Known ? (entry.Known, known) : (known, entry.Known);
        ulong age = unchecked((ulong)high - (ulong)low);
        return behind < Remembered && (repetitionMs < 0 || age <= (ulong)repetitionMs);
    }

    [StructLayout(LayoutKind.Auto)]
    private struct Entry
    {
        public ulong Id;
        public long Known;
        public long Mark;
    }
}
