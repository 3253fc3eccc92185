using System.Text.Unicode;

namespace Serving.Server.Grpc.Wire;

/// <summary>
/// All of a score request but its rows, and where its rows stand: protobuf fields come in any order, and rows can be
/// read only once the model and its version are known.
/// </summary>
internal ref struct ScoreHead
{
    private const uint TagModel = (1 << 3) | 2;
    private const uint TagVersion = (2 << 3) | 0;
    private const uint TagRowOrShared = (3 << 3) | 2;

    // The two requests number these fields differently.
    private const uint TagScoreHash = (4 << 3) | 1;
    private const uint TagScoreOptions = (5 << 3) | 2;
    private const uint TagScoreLabel = (6 << 3) | 2;
    private const uint TagBatchHash = (5 << 3) | 1;
    private const uint TagBatchTopK = (6 << 3) | 0;
    private const uint TagBatchOptions = (7 << 3) | 2;
    private const uint TagBatchLabel = (8 << 3) | 2;

    /// <summary>Tag of <c>ScoreBatchRequest.rows</c>.</summary>
    public const uint TagRows = (4 << 3) | 2;

    private const uint TagFeatures = (1 << 3) | 0;
    private const uint TagReasons = (2 << 3) | 0;
    private const uint TagScoreOnly = (3 << 3) | 0;
    private const uint TagLanguage = (4 << 3) | 2;

    /// <summary>UTF-8 name of the model.</summary>
    public ReadOnlySpan<byte> Model { get; private set; }

    /// <summary>UTF-8 label, or empty.</summary>
    public ReadOnlySpan<byte> Label { get; private set; }

    /// <summary>The row, or the fields that all rows share.</summary>
    public ReadOnlySpan<byte> Row { get; private set; }

    /// <summary>
    /// Times that <see cref="Row"/> was given; more than once is refused, where protobuf would merge.
    /// </summary>
    public int RowCount { get; private set; }

    /// <summary>Version, 0 without one.</summary>
    public long Version { get; private set; }

    /// <summary>Hash of the schema of values by index, 0 without one.</summary>
    public ulong SchemaHash { get; private set; }

    /// <summary>Rows to answer, 0 for all.</summary>
    public uint TopK { get; private set; }

    /// <summary>Whether feature values are asked for.</summary>
    public bool WantsFeatures { get; private set; }

    /// <summary>How many reasons are asked for.</summary>
    public uint Reasons { get; private set; }

    /// <summary>Whether state is read and not written.</summary>
    public bool ScoreOnly { get; private set; }

    /// <summary>UTF-8 language of reasons' texts, or empty.</summary>
    public ReadOnlySpan<byte> Language { get; private set; }

    /// <summary>Unknown fields of the request itself.</summary>
    public int SkippedCount { get; private set; }

    /// <summary>Whether the bytes are no message.</summary>
    public bool IsMalformed { get; private set; }

    /// <summary>Reads a <c>ScoreRequest</c>.</summary>
    public static ScoreHead ReadScore(ReadOnlySpan<byte> bytes)
    {
        ScoreHead head = default;
        bool good = true;
        var reader = new ProtoReader(bytes);
        while (good && reader.NextField(out uint tag))
        {
            switch (tag)
            {
                case TagScoreHash:
                    head.SchemaHash = reader.ReadFixed64();
                    break;
                case TagScoreOptions:
                    good = head.ReadOptions(reader.ReadBytes());
                    break;
                case TagScoreLabel:
                    head.Label = reader.ReadBytes();
                    break;
                default:
                    head.ReadCommon(ref reader, tag);
                    break;
            }
        }

        head.End(good, reader.IsMalformed, reader.SkippedCount);
        return head;
    }

    /// <summary>Reads a <c>ScoreBatchRequest</c>; its rows are passed over here.</summary>
    public static ScoreHead ReadBatch(ReadOnlySpan<byte> bytes)
    {
        ScoreHead head = default;
        bool good = true;
        var reader = new ProtoReader(bytes);
        while (good && reader.NextField(out uint tag))
        {
            switch (tag)
            {
                case TagRows:
                    reader.ReadBytes();
                    break;
                case TagBatchHash:
                    head.SchemaHash = reader.ReadFixed64();
                    break;
                case TagBatchTopK:
                    head.TopK = (uint)reader.ReadVarint();
                    break;
                case TagBatchOptions:
                    good = head.ReadOptions(reader.ReadBytes());
                    break;
                case TagBatchLabel:
                    head.Label = reader.ReadBytes();
                    break;
                default:
                    head.ReadCommon(ref reader, tag);
                    break;
            }
        }

        head.End(good, reader.IsMalformed, reader.SkippedCount);
        return head;
    }

    private void ReadCommon(ref ProtoReader reader, uint tag)
    {
        switch (tag)
        {
            case TagModel:
                Model = reader.ReadBytes();
                break;
            case TagVersion:
                Version = (long)reader.ReadVarint();
                break;
            case TagRowOrShared:
                Row = reader.ReadBytes();
                RowCount++;
                break;
            default:
                reader.Skip(tag);
                break;
        }
    }

    private bool ReadOptions(ReadOnlySpan<byte> bytes)
    {
        var reader = new ProtoReader(bytes);
        while (reader.NextField(out uint tag))
        {
            switch (tag)
            {
                case TagFeatures:
                    WantsFeatures = reader.ReadVarint() != 0;
                    break;
                case TagReasons:
                    Reasons = (uint)reader.ReadVarint();
                    break;
                case TagScoreOnly:
                    ScoreOnly = reader.ReadVarint() != 0;
                    break;
                case TagLanguage:
                    Language = reader.ReadBytes();
                    break;
                default:
                    reader.Skip(tag);
                    break;
            }
        }

        SkippedCount += reader.SkippedCount;
        return !reader.IsMalformed && Utf8.IsValid(Language);
    }

    private void End(bool good, bool isMalformed, int skippedCount)
    {
        SkippedCount += skippedCount;
        IsMalformed = !good || isMalformed || !Utf8.IsValid(Model) || !Utf8.IsValid(Label);
    }
}
