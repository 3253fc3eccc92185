using System.Buffers.Binary;
using System.Text;
using Google.Protobuf;
using Serving.NativeModels.SavedModel.Schema;

namespace Serving.NativeModels.SavedModel.Variables;

/// <summary>
/// The table <c>variables/variables.index</c>: which tensors the data files hold, and where. Source:
/// tensorflow/core/util/tensor_bundle.
/// </summary>
internal sealed class VariablesIndex
{
    /// <summary>Path of the file in the SavedModel.</summary>
    public const string Path = "variables/variables.index";

    private const int FooterBytes = 48;
    private const ulong Magic = 0xdb4775248b80fb57;
    private const int BlocksMax = 1 << 20;
    private const int EntriesMax = 4_000_000;
    private const int ShardsMax = 100_000;

    private VariablesIndex(BundleHeaderProto header, Dictionary<string, BundleEntryProto> entries)
    {
        ShardCount = Math.Max(1, header.NumShards);
        Entries = entries;
    }

    /// <summary>How many data files there are.</summary>
    public int ShardCount { get; }

    /// <summary>
    /// Tensors by name; the slices of a partitioned one stand under keys that are no text, each byte one character.
    /// </summary>
    public IReadOnlyDictionary<string, BundleEntryProto> Entries { get; }

    /// <summary>Path of a data file in the SavedModel.</summary>
    public string ShardPath(int shard) => $"variables/variables.data-{shard:D5}-of-{ShardCount:D5}";

    /// <summary>Reads the table; adds a problem and gives null where it is damaged.</summary>
    public static VariablesIndex? Read(ReadOnlyMemory<byte> file, FileProblems problems)
    {
        if (Blocks(file) is not { } rows)
        {
            problems.Add(
                Path, "a damaged table (lengths or checksums)", "the index as TensorFlow wrote it", "export it again");
            return null;
        }

        try
        {
            return Parse(rows, problems);
        }
        catch (InvalidProtocolBufferException broken)
        {
            problems.Add(Path, $"an entry that is no protobuf ({broken.Message})", "an entry per tensor");
            return null;
        }
    }

    private static VariablesIndex? Parse(List<(byte[] Key, ReadOnlyMemory<byte> Value)> rows, FileProblems problems)
    {
        if (rows.Count == 0 || rows[0].Key.Length != 0)
        {
            problems.Add(Path, "no header", "a header entry first");
            return null;
        }

        BundleHeaderProto header = BundleHeaderProto.Parser.WithDiscardUnknownFields(true)
            .ParseFrom(rows[0].Value.Span);
        if (header.Endianness != BundleHeaderProto.Types.Endianness.Little || header.NumShards is < 0 or > ShardsMax)
        {
            problems.Add(
                Path, $"{header.NumShards} data files, byte order {header.Endianness}", "little-endian data files");
            return null;
        }

        MessageParser<BundleEntryProto> parser = BundleEntryProto.Parser.WithDiscardUnknownFields(true);
        var entries = new Dictionary<string, BundleEntryProto>(rows.Count);
        foreach ((byte[] key, ReadOnlyMemory<byte> value) in rows.Skip(1))
        {
            WireScan.Check(Path, value.Span, BundleEntryProto.Descriptor);
            if (!entries.TryAdd(NameOf(key), parser.ParseFrom(value.Span)))
            {
                problems.Add(Path, $"{FileProblems.Quote(NameOf(key))} twice", "an entry per tensor");
            }
        }

        return new VariablesIndex(header, entries);
    }

    // The key of a slice begins with a zero byte and is no text.
    private static string NameOf(byte[] key) =>
        key.Length > 0 && key[0] == 0 ? Encoding.Latin1.GetString(key) : Encoding.UTF8.GetString(key);

    private static List<(byte[] Key, ReadOnlyMemory<byte> Value)>? Blocks(ReadOnlyMemory<byte> file)
    {
        ReadOnlySpan<byte> span = file.Span;
        if (span.Length < FooterBytes || BinaryPrimitives.ReadUInt64LittleEndian(span[^8..]) != Magic)
        {
            return null;
        }

        int at = span.Length - FooterBytes;
        var blocks = new List<(byte[] Key, ReadOnlyMemory<byte> Value)>();
        if (!TryHandle(span, ref at, out _, out _) || !TryHandle(span, ref at, out ulong offset, out ulong size)
            || TableBlock.Open(file, offset, size)?.TryRead(blocks) != true || blocks.Count > BlocksMax)
        {
            return null;
        }

        var rows = new List<(byte[] Key, ReadOnlyMemory<byte> Value)>();
        long bytes = 0;
        foreach ((byte[] _, ReadOnlyMemory<byte> handle) in blocks)
        {
            // Blocks stand side by side: more bytes than the file has are one block many times.
            int begin = 0;
            if (!TryHandle(handle.Span, ref begin, out offset, out size)
                || (bytes += (long)Math.Min(size, int.MaxValue)) > file.Length
                || TableBlock.Open(file, offset, size)?.TryRead(rows) != true || rows.Count > EntriesMax)
            {
                return null;
            }
        }

        return IsSorted(rows) ? rows : null;
    }

    private static bool IsSorted(List<(byte[] Key, ReadOnlyMemory<byte> Value)> rows)
    {
        for (int i = 1; i < rows.Count; i++)
        {
            if (rows[i - 1].Key.AsSpan().SequenceCompareTo(rows[i].Key) >= 0)
            {
                return false;
            }
        }

        return true;
    }

    private static bool TryHandle(ReadOnlySpan<byte> bytes, ref int at, out ulong offset, out ulong size)
    {
        size = 0;
        return TableBlock.TryVarint(bytes, ref at, out offset) && TableBlock.TryVarint(bytes, ref at, out size);
    }
}
