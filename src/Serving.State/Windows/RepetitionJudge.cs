namespace Serving.State.Windows;

/// <summary>
/// Says whether an event repeats what a blob holds (R44), and whether it is the same. Works on an image of its reader's
/// own, never on one that is shared. Not safe for use by several threads.
/// </summary>
internal sealed class RepetitionJudge(LogCodec codec, BlobImage image, AcceptedRecords accepted)
{
    /// <summary>Judges an event that becomes known at a time, by the blob before it.</summary>
    public Repetition Judge(ReadOnlySpan<byte> blob, ulong id, long known, ReadOnlySpan<byte> record)
    {
        if (!image.Load(blob))
        {
            return Repetition.Unknown;
        }

        bool isRepeated = accepted.Repeats(image, id, known);
        return isRepeated ? (IsSame(id, known, record) ? Repetition.Same : Repetition.Conflict)
            : accepted.Ids.Accepted > IdTable.Remembered ? Repetition.Unknown
            : Repetition.None;
    }

    // The first one known is the one that counts. Once it is folded its time is all that is left of it.
    private bool IsSame(ulong id, long known, ReadOnlySpan<byte> record)
    {
        FoldedPart folded = image.Folded;
        int remembered = folded.Ids.AsSpan(0, folded.IdCount).LastIndexOf(id);
        if (remembered >= 0)
        {
            return folded.IdKnowns[remembered] == known;
        }

        RecordSet records = image.Records;
        int first = -1;
        for (int place = image.FirstRaw; place < records.Count; place++)
        {
            bool isFirst = records.Ids[place] == id && codec.IsWithinReach(records.Knowns[place], known)
                && (first < 0 || records.Knowns[place] < records.Knowns[first]);
            first = isFirst ? place : first;
        }

        return first < 0 || record.SequenceEqual(records.Bytes.AsSpan(records.Starts[first]..records.Ends[first]));
    }
}
