using System.Buffers.Binary;

namespace Serving.State.Embedded;

/// <summary>
/// Reads segments of the log in order. Total on hostile bytes: lengths are compared with what is there, and memory is
/// bounded by the largest segment. One owner at a time.
/// </summary>
/// <param name="into">Takes the entries.</param>
/// <param name="damage">Takes the damaged places.</param>
internal sealed class SegmentReader(RecoveredBlobs into, FolderDamage damage)
{
    private byte[] _buffer = [];

    /// <summary>Entries up to it are in the snapshot.</summary>
    public ulong Floor { get; init; }

    /// <summary>Sequence of the last entry that was read.</summary>
    public ulong Last { get; private set; }

    /// <summary>Entries that were read.</summary>
    public long Entries { get; private set; }

    /// <summary>Bytes of the last segment's torn tail.</summary>
    public long CutBytes { get; private set; }

    /// <summary>Where the torn tail begins, if there is one.</summary>
    public long CutOffset { get; private set; }

    /// <summary>Reads a segment.</summary>
    /// <param name="part">The segment.</param>
    /// <param name="nextFirst">First sequence of the next segment; null for the last one.</param>
    /// <remarks>
    /// A segment counts up to the first sequence of the next: what stands behind was given up after a failure, or cut
    /// by an earlier recovery. In the last segment an entry that is not whole ends the log, unless a later entry proves
    /// that it was on the disk.
    /// </remarks>
    public void Read(FolderPart part, ulong? nextFirst)
    {
        Span<byte> bytes = Load(part);
        string? fault = FileHeader.Read(bytes, FileHeader.Log, out ulong first);
        fault = fault ?? (first == part.Sequence ? null : $"a first sequence of {first:x}");
        if (fault is not null)
        {
            // The making of the last segment was interrupted: it never held an entry.
            if (nextFirst is null && bytes.Length <= FileHeader.Size && !bytes.ContainsAnyExcept((byte)0))
            {
                Last = Math.Max(Last, part.Sequence - 1);
                return;
            }

            damage.Add(part.Path, 0, fault, $"the header of a segment from {part.Sequence:x} on");
        }

        Last = part.Sequence - 1;
        int at = Math.Min(FileHeader.Size, bytes.Length);
        while (nextFirst is null ? at < bytes.Length : Last + 1 < nextFirst)
        {
            fault = LogFrame.Read(bytes[at..], out int length, out LogFrame frame);
            fault ??= frame.Sequence == Last + 1 ? null : $"entry {frame.Sequence:x}";
            if (fault is null)
            {
                Redo(part, at, frame);
                at += length;
            }
            else if (!TryResume(part, bytes, nextFirst, fault, ref at))
            {
                break;
            }
        }
    }

    private void Redo(FolderPart part, int at, in LogFrame frame)
    {
        Last = frame.Sequence;
        Entries++;
        if (frame.Sequence > Floor && into.Redo(frame) is { } fault)
        {
            damage.Add(part.Path, at, fault, $"entry {frame.Sequence:x}");
        }
    }

    // Goes on at the next whole entry behind a damaged place; false where there is none, or the tail was torn.
    private bool TryResume(FolderPart part, ReadOnlySpan<byte> bytes, ulong? nextFirst, string fault, ref int at)
    {
        ulong missing = Last + 1;
        if (nextFirst is null && !IsProvenSynced(bytes[at..], missing))
        {
            CutBytes = bytes.Length - at;
            CutOffset = at;
            return false;
        }

        damage.Add(part.Path, at, fault, $"entry {missing:x}");
        for (int next = at + 1; next <= bytes.Length - LogFrame.HeaderSize; next++)
        {
            if (IsPlausible(bytes[next..], missing)
                && LogFrame.Read(bytes[next..], out _, out LogFrame frame) is null)
            {
                Last = frame.Sequence - 1;
                at = next;
                return true;
            }
        }

        return false;
    }

    // Whether a later entry says that an entry was on the disk: then its loss is damage, not a torn tail.
    private static bool IsProvenSynced(ReadOnlySpan<byte> bytes, ulong sequence)
    {
        for (; bytes.Length >= LogFrame.HeaderSize; bytes = bytes[1..])
        {
            if (bytes[16] == (byte)LogKind.Synced
                && BinaryPrimitives.ReadInt32LittleEndian(bytes) == LogFrame.HeaderSize
                && LogFrame.Read(bytes, out _, out LogFrame frame) is null
                && frame.Sequence > sequence
                && frame.Entry.Key.Digest >= sequence)
            {
                return true;
            }
        }

        return false;
    }

    private static bool IsPlausible(ReadOnlySpan<byte> bytes, ulong missing)
    {
        ulong sequence = BinaryPrimitives.ReadUInt64LittleEndian(bytes[8..]);
        return sequence > missing
            && sequence - missing <= (ulong)bytes.Length
            && BinaryPrimitives.ReadInt32LittleEndian(bytes) is >= LogFrame.HeaderSize and <= LogFrame.SizeMax;
    }

    private Span<byte> Load(FolderPart part)
    {
        long length = RandomAccess.GetLength(part.Handle);
        if (length > Array.MaxLength)
        {
            damage.Add(part.Path, 0, $"{length} bytes", "a segment of less than 2 GiB");
            return default;
        }

        if (_buffer.Length < length)
        {
            _buffer = GC.AllocateUninitializedArray<byte>((int)length);
        }

        int total = 0;
        while (total < length)
        {
            int read = RandomAccess.Read(part.Handle, _buffer.AsSpan(total, (int)length - total), total);
            if (read == 0)
            {
                break;
            }

            total += read;
        }

        return _buffer.AsSpan(0, total);
    }
}
