using System.Diagnostics;
using System.Runtime.InteropServices;
using Serving.Data;

namespace Serving.Engine.Predictions.Log;

/// <summary>
/// Frames between the request threads and the log's thread, in a ring of fixed size. Appending takes no lock: a thread
/// reserves words by one compare-exchange, copies its frame and publishes it by writing its first word. The room of a
/// frame is free again when it is known to be on the disk, so that a failed sync loses nothing.
/// </summary>
/// <remarks>
/// Positions count 8-byte words from the beginning of time; position p is at p &amp; mask. A frame never wraps: the end
/// of a lap that is too short is skipped. Words that hold nothing are 0. Invariant: freed &lt;= read &lt;= reserved
/// &lt;= freed + capacity. Appending is safe for several threads; everything else is the log's, one thread at a time.
/// </remarks>
internal sealed class LogRing
{
    private const int WordBytes = sizeof(long);

    // In the first word of a lap's end: so many words hold nothing.
    private const long Skip = 1L << 40;

    private readonly long[] _words;
    private readonly int _mask;

    // Where request threads meet.
    private long _reserved;

    // Written by the log's thread, read by all.
    private long _freed;

    /// <summary>Makes a ring.</summary>
    /// <param name="bytes">Its size, a power of two.</param>
    public LogRing(int bytes)
    {
        Debug.Assert(int.IsPow2(bytes) && bytes >= 1024, "positions are masked");
        _words = new long[bytes / WordBytes];
        _mask = _words.Length - 1;
    }

    /// <summary>Bytes of a frame at most, so that a few always fit.</summary>
    public int FrameMax => _words.Length * WordBytes / 4;

    /// <summary>Position behind the last frame.</summary>
    public long End => Volatile.Read(ref _reserved);

    /// <summary>Position up to which all is on the disk.</summary>
    public long Freed => Volatile.Read(ref _freed);

    /// <summary>Bytes that are not on the disk.</summary>
    public long BytesHeld => (End - Freed) * WordBytes;

    /// <summary>Whether more than half of the ring is taken: its reader should hurry.</summary>
    public bool IsHalfFull => End - Freed > _words.Length / 2;

    /// <summary>Appends a frame; false where there is no room.</summary>
    /// <param name="frame">The frame; its first four bytes are not copied.</param>
    /// <param name="end">Position behind it.</param>
    [HotPath]
    public bool TryAppend(ReadOnlySpan<byte> frame, out long end)
    {
        int need = (frame.Length + WordBytes - 1) / WordBytes;
        long at;
        int skip;
        do
        {
            at = Volatile.Read(ref _reserved);
            int offset = (int)at & _mask;
            skip = offset + need > _words.Length ? _words.Length - offset : 0;
            end = at + skip + need;
            if (frame.Length > FrameMax || end - Volatile.Read(ref _freed) > _words.Length)
            {
                return false;
            }
        }
        while (Interlocked.CompareExchange(ref _reserved, end, at) != at);

        if (skip > 0)
        {
            Volatile.Write(ref _words[(int)at & _mask], Skip | (uint)skip);
        }

        int first = (int)(at + skip) & _mask;
        Span<byte> room = MemoryMarshal.AsBytes(_words.AsSpan(first, need));
        frame[WordBytes..].CopyTo(room[WordBytes..]);
        Volatile.Write(ref _words[first], frame.Length);
        return true;
    }

    /// <summary>The frame at a position, if it was published; the position moves behind it.</summary>
    public ReadOnlySpan<byte> TryRead(ref long position)
    {
        long end = End;
        while (position < end)
        {
            int first = (int)position & _mask;
            long word = Volatile.Read(ref _words[first]);
            if (word == 0)
            {
                break;
            }

            if ((word & Skip) != 0)
            {
                position += (uint)word;
                continue;
            }

            int length = (int)word;
            int words = (length + WordBytes - 1) / WordBytes;
            position += words;
            return MemoryMarshal.AsBytes(_words.AsSpan(first, words))[..length];
        }

        return default;
    }

    /// <summary>Frees all up to a position that <see cref="TryRead"/> gave.</summary>
    public void Free(long position)
    {
        long from = _freed;
        Debug.Assert(position >= from && position <= End, "only frames that were read are freed");
        int first = (int)from & _mask;
        int count = (int)(position - from);
        int untilEnd = Math.Min(count, _words.Length - first);
        Array.Clear(_words, first, untilEnd);
        Array.Clear(_words, 0, count - untilEnd);
        Volatile.Write(ref _freed, position);
    }
}
