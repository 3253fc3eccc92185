using System.Text.Unicode;

namespace Serving.Server.Grpc.Wire;

/// <summary>
/// All of an <c>IngestRequest</c> but its rows: these can be read only once the event and its schema are known.
/// </summary>
internal ref struct IngestHead
{
    /// <summary>Tag of <c>IngestRequest.rows</c>.</summary>
    public const uint TagRows = (3 << 3) | 2;

    private const uint TagSet = (1 << 3) | 2;
    private const uint TagEvent = (2 << 3) | 2;

    /// <summary>UTF-8 name of the feature set.</summary>
    public ReadOnlySpan<byte> Set { get; private set; }

    /// <summary>UTF-8 name of the event.</summary>
    public ReadOnlySpan<byte> Event { get; private set; }

    /// <summary>Number of rows.</summary>
    public int RowCount { get; private set; }

    /// <summary>Unknown fields of the request itself.</summary>
    public int SkippedCount { get; private set; }

    /// <summary>Whether the bytes are no message.</summary>
    public bool IsMalformed { get; private set; }

    /// <summary>Reads an <c>IngestRequest</c>; its rows are counted and passed over.</summary>
    public static IngestHead Read(ReadOnlySpan<byte> bytes)
    {
        IngestHead head = default;
        var reader = new ProtoReader(bytes);
        while (reader.NextField(out uint tag))
        {
            switch (tag)
            {
                case TagSet:
                    head.Set = reader.ReadBytes();
                    break;
                case TagEvent:
                    head.Event = reader.ReadBytes();
                    break;
                case TagRows:
                    reader.ReadBytes();
                    head.RowCount++;
                    break;
                default:
                    reader.Skip(tag);
                    break;
            }
        }

        head.SkippedCount = reader.SkippedCount;
        head.IsMalformed = reader.IsMalformed || !Utf8.IsValid(head.Set) || !Utf8.IsValid(head.Event);
        return head;
    }
}
