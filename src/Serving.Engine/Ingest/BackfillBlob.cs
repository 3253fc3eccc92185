using System.Buffers;
using Serving.State;

namespace Serving.Engine.Ingest;

/// <summary>
/// The blob that history leaves: records in the order in which they became known, folded as they come, so that a blob
/// never grows beyond what a store takes. The same records give the same bytes, in backfill as in replay.
/// </summary>
internal sealed class BackfillBlob
{
    // Far above the length at which folding pays, far below what a store takes.
    private const int TailBytesMax = 64 << 10;

    private readonly IBlobCompactor _compactor;
    private ArrayBufferWriter<byte> _blob = new();
    private ArrayBufferWriter<byte> _spare = new();
    private int _tail;

    /// <summary>Begins a blob.</summary>
    public BackfillBlob(StateKey key, IBlobCompactor compactor)
    {
        _compactor = compactor;
        BlobHeader.Write(_blob.GetSpan(BlobHeader.Size), 0, compactor.Schema, key.Check);
        _blob.Advance(BlobHeader.Size);
    }

    /// <summary>Appends a record. REQUIRES: it became known after those before it.</summary>
    public void Add(ReadOnlySpan<byte> record)
    {
        _blob.Write(record);
        _tail += record.Length;
        if (_tail >= TailBytesMax)
        {
            Fold();
        }
    }

    /// <summary>The blob, folded where that pays.</summary>
    public byte[] Finish()
    {
        if (_compactor.IsDue(_blob.WrittenCount, _tail))
        {
            Fold();
        }

        return _blob.WrittenSpan.ToArray();
    }

    private void Fold()
    {
        _tail = 0;
        _spare.ResetWrittenCount();
        if (_compactor.Compact(_blob.WrittenSpan, _spare) > 0)
        {
            (_blob, _spare) = (_spare, _blob);
        }
    }
}
