using Serving.Data;

namespace Serving.State.Windows;

/// <summary>
/// Reads blobs of a plain log through an <see cref="ImagePool"/>. Not safe for use by several threads; several may
/// share the pool.
/// </summary>
/// <param name="form">What the log's tallies need.</param>
/// <param name="scratch">The reader's own image, for blobs that have none yet.</param>
/// <param name="accepted">The reader's judge of repetitions.</param>
internal sealed class PlainImageReader(PlainForm form, BlobImage scratch, AcceptedRecords accepted)
{
    /// <summary>Records that were counted in the blob last read.</summary>
    public int RecordsRead { get; private set; }

    /// <summary>Bytes of raw records in the blob last read.</summary>
    public int TailBytes { get; private set; }

    /// <summary>
    /// Writes the values of a request; false where the blob has no image and is to be read anew. Where the request is
    /// too old nothing is written.
    /// </summary>
    [HotPath]
    public bool TryRead(
        ImagePool pool, ReadOnlySpan<byte> blob, WindowEdges edges, long time, RowBatch values, int row,
        PlainAnswers answers, out ReadStatus status)
    {
        status = ReadStatus.Ok;
        Span<long> block = pool.Rent(blob, out int set);
        if (block.IsEmpty)
        {
            return false;
        }

        try
        {
            PlainImage image = new(block, form);
            if (!image.TryContinue(blob) && (image.IsUnfit(blob) || !TryMake(image, blob)))
            {
                return false;
            }

            TailBytes = blob.Length - image.TailStart;
            RecordsRead = 0;
            if (time < image.ReadableFrom)
            {
                status = ReadStatus.TooOld;
                return true;
            }

            edges.MoveTo(time);
            ReadOnlySpan<Tally> sums = image.Sum(edges, time, out int seen);
            SaturatedSums += answers.Write(sums, edges, values, row);
            RecordsRead = seen;
            return true;
        }
        finally
        {
            pool.Return(set);
        }
    }

    /// <summary>Sums that were saturated to 64 bits since the reader was made.</summary>
    public long SaturatedSums { get; private set; }

    // A damaged blob is none that does not fit: whoever reads it anew says so, and it may be whole the next time.
    private bool TryMake(in PlainImage image, ReadOnlySpan<byte> blob)
    {
        if (!scratch.Load(blob))
        {
            return false;
        }

        RecordSet records = scratch.Records;
        if (records.IsInOrder && scratch.FirstRaw == 0)
        {
            accepted.Judge(scratch, long.MaxValue);
            if (accepted.Count == records.Count && image.TryFill(blob, scratch))
            {
                return true;
            }
        }

        image.MarkUnfit(blob);
        return false;
    }
}
