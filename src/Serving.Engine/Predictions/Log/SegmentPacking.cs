using System.Buffers.Binary;
using Microsoft.Win32.SafeHandles;
using Serving.Data.Durability;
using ZstdSharp;

namespace Serving.Engine.Predictions.Log;

/// <summary>
/// Compresses a sealed segment: written under a temporary name, synced, renamed, and only then the plain one goes.
/// A segment that is damaged stays as it is, for people to look at. Not safe for use by several threads.
/// </summary>
internal sealed class SegmentPacking : IDisposable
{
    private const int Level = 3;

    // Each block says the schemas again, so that one damaged block closes no other; so many bytes of them at most.
    private const int SchemaBytesMax = 16 << 10;

    private readonly SafeFileHandle _file;
    private readonly Compressor _zstd = new(Level);
    private readonly LogBytes _raw = new();
    private readonly LogBytes _schemas = new();
    private readonly HashSet<uint> _schemaIds = [];
    private readonly byte[] _block = new byte[PackedBlock.HeaderSize + Compressor.GetCompressBound(PackedBlock.RawMax)];
    private long _length;
    private ulong _next;

    private SegmentPacking(string path) =>
        _file = File.OpenHandle(path, FileMode.Create, FileAccess.Write, FileShare.Read);

    /// <summary>Compresses a segment. False where it stays plain.</summary>
    /// <param name="folder">The log's folder.</param>
    /// <param name="file">The segment.</param>
    /// <param name="next">The one behind it: what stands there again is left out.</param>
    /// <exception cref="IOException">The disk fails or is full.</exception>
    public static bool Pack(string folder, LogFile file, LogFile next)
    {
        string target = LogFiles.PathOf(folder, file.First, LogFiles.Packed);
        string temporary = target + LogFiles.Temporary;
        try
        {
            using var frames = new PlainFrames(file);
            using var packing = new SegmentPacking(temporary);
            if (frames.Header is null || !packing.Run(frames, frames.Header, next.First))
            {
                File.Delete(temporary);
                return false;
            }
        }
        catch (IOException)
        {
            File.Delete(temporary);
            throw;
        }

        File.Move(temporary, target, overwrite: true);
        DurableFolder.Sync(folder);
        File.Delete(file.Path);
        DurableFolder.Sync(folder);
        return true;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _file.Dispose();
        _zstd.Dispose();
    }

    private bool Run(PlainFrames frames, SegmentHeader header, ulong end)
    {
        byte[] head = new byte[SegmentHeader.Size];
        header.Write(head, isPacked: true);
        WriteOut(head);
        _next = header.First;
        while (frames.Next(out _) is { Length: > 0 } frame)
        {
            ulong sequence = BinaryPrimitives.ReadUInt64LittleEndian(frame[8..]);
            if (sequence < end)
            {
                Take(frame);
                _next = LogFrame.TakesSequence(LogFrame.KindOf(frame)) ? sequence + 1 : _next;
            }
        }

        // Behind a failure the end may be torn: all that counts of it stands in the next segment.
        if (frames.Problems.Count > 0 && _next != end)
        {
            return false;
        }

        WriteRaw(_raw.Written, 0);
        PackedBlock.Seal(_block.AsSpan(0, PackedBlock.HeaderSize), 0, PackedBlock.End, _next);
        WriteOut(_block.AsSpan(0, PackedBlock.HeaderSize));
        DurableFile.Sync(_file);
        return true;
    }

    private void Take(ReadOnlySpan<byte> frame)
    {
        if (_raw.Length + frame.Length > PackedBlock.RawMax)
        {
            WriteRaw(_raw.Written, 0);
            _raw.Clear();
            _raw.WriteBytes(_schemas.Written);
        }

        NoteSchema(frame);

        if (_raw.Length + frame.Length <= PackedBlock.RawMax)
        {
            _raw.WriteBytes(frame);
            return;
        }

        WriteRaw(_raw.Written, 0);
        _raw.Clear();
        uint flags = 0;
        while (frame.Length > 0)
        {
            int length = Math.Min(frame.Length, PackedBlock.RawMax);
            WriteRaw(frame[..length], flags);
            frame = frame[length..];
            flags = PackedBlock.Continues;
        }
    }

    private void NoteSchema(ReadOnlySpan<byte> frame)
    {
        if (LogFrame.KindOf(frame) == LogFrameKind.Schema && _schemas.Length + frame.Length <= SchemaBytesMax
            && _schemaIds.Add(BinaryPrimitives.ReadUInt32LittleEndian(frame[LogFrame.HeaderSize..])))
        {
            _schemas.WriteBytes(frame);
        }
    }

    private void WriteRaw(ReadOnlySpan<byte> raw, uint flags)
    {
        if (raw.IsEmpty)
        {
            return;
        }

        int length = PackedBlock.HeaderSize + _zstd.Wrap(raw, _block.AsSpan(PackedBlock.HeaderSize));
        PackedBlock.Seal(_block.AsSpan(0, length), raw.Length, flags, _next);
        WriteOut(_block.AsSpan(0, length));
    }

    private void WriteOut(ReadOnlySpan<byte> bytes)
    {
        RandomAccess.Write(_file, bytes, _length);
        _length += bytes.Length;
    }
}
