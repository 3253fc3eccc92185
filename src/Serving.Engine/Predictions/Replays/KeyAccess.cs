namespace Serving.Engine.Predictions.Replays;

/// <summary>One access to one key: what was read, and what was appended behind it.</summary>
internal sealed class KeyAccess
{
    /// <summary>Makes the access of a line.</summary>
    public KeyAccess(RecordLine line, StateEntry entry, KeyAppend? append)
    {
        Line = line;
        Entry = entry;
        Append = append;
    }

    /// <summary>The line that tells of it.</summary>
    public RecordLine Line { get; }

    /// <summary>What the line tells.</summary>
    public StateEntry Entry { get; }

    /// <summary>What it appended, or was to append when the store did not answer; null where it only read.</summary>
    public KeyAppend? Append { get; }

    /// <summary>The life of the blob that it met; null where the store did not answer.</summary>
    public BlobLife? Life { get; set; }

    /// <summary>Whether it appended at a known place.</summary>
    public bool IsPlaced => Entry.After > Entry.Read;

    /// <summary>Whether the store took its append before that of another access to the same blob.</summary>
    public bool IsPlacedBefore(KeyAccess other) => Life is not null && ReferenceEquals(Life, other.Life)
        && IsPlaced && other.IsPlaced
        && (Entry.Epoch, Entry.Read).CompareTo((other.Entry.Epoch, other.Entry.Read)) < 0;
}
