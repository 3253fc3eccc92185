using System.Buffers.Binary;

namespace Serving.State.Windows;

/// <summary>
/// One blob taken apart: header, folded part, records. Records that the folded part keeps stand before the raw ones.
/// Reused; not safe for use by several threads.
/// </summary>
internal sealed class BlobImage
{
    private readonly ulong _schema;

    public BlobImage(LogCodec codec)
    {
        _schema = codec.Schema;
        Records = new RecordSet(codec.Layout);
        Folded = new FoldedPart(codec);
    }

    /// <summary>All records.</summary>
    public RecordSet Records { get; }

    /// <summary>What compaction folded; empty where none was.</summary>
    public FoldedPart Folded { get; }

    /// <summary>The first raw record; those before it are kept by the folded part.</summary>
    public int FirstRaw { get; private set; }

    /// <summary>Place of the first raw record in the blob.</summary>
    public int TailStart { get; private set; }

    /// <summary>Bytes of the raw records.</summary>
    public int TailBytes { get; private set; }

    /// <summary>Takes a blob apart; false when it is damaged, foreign or of another format. Empty is sound.</summary>
    public bool Load(ReadOnlySpan<byte> blob) => LoadHead(blob) && LoadTail();

    /// <summary>Decodes the raw records; false when they are damaged. REQUIRES: the head is loaded.</summary>
    public bool LoadTail() => Records.ReadRecords(TailStart, Records.Length);

    /// <summary>Takes all but the raw records apart; false when it is damaged, foreign or of another format.</summary>
    public bool LoadHead(ReadOnlySpan<byte> blob)
    {
        FirstRaw = 0;
        TailStart = 0;
        TailBytes = 0;
        Records.Begin(blob);
        Folded.Clear();
        if (blob.IsEmpty)
        {
            return true;
        }

        if (blob.Length < BlobHeader.Size
            || BinaryPrimitives.ReadUInt32LittleEndian(blob) != BlobHeader.FormatVersion
            || BlobHeader.SchemaOf(blob) != _schema)
        {
            return false;
        }

        int at = BlobHeader.Size;
        if (BlobHeader.EpochOf(blob) != 0 && !Folded.Read(Records, ref at))
        {
            return false;
        }

        FirstRaw = Records.Count;
        TailStart = at;
        TailBytes = blob.Length - at;
        Records.Mark();
        return true;
    }
}
