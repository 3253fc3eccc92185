using System.Buffers;
using System.Buffers.Binary;
using System.Collections.Immutable;
using System.IO.Hashing;
using System.Text;
using Serving.Data;
using Serving.Data.Windows;

namespace Serving.State.Windows;

/// <summary>
/// The bytes of one keyed log: its schema hash, the keys of its blobs and its records (docs/state-format.md).
/// Immutable and safe for use by several threads.
/// </summary>
public sealed class LogCodec
{
    // How much longer than it can be read a blob lives: clocks of stores and of requests differ.
    private const long SlackMs = WindowBounds.HourMs;

    // Tag, scale or length, value.
    private const int KeyPartBytes = 10;

    private const long DigestSeed = 0;
    private const long CheckSeed = 1;

    private readonly uint _set;
    private readonly long _digestSeed;
    private readonly long _checkSeed;
    private readonly ImmutableArray<FieldType> _keyTypes;
    private readonly RecordWriter _writer;

    /// <summary>Makes the codec of a log.</summary>
    public LogCodec(KeyedLog log)
    {
        Log = log;
        Layout = new RecordLayout(log);
        Measures = MeasurePlan.Of(log);
        Grid = new TileGrid(log);
        _writer = new RecordWriter(Layout);
        Schema = XxHash64.HashToUInt64(Encoding.UTF8.GetBytes(LogText.Of(log)));
        LifetimeMs = log.HorizonMs < 0 || log.RepetitionMs < 0
            ? 0
            : Math.Max(log.HorizonMs, log.RepetitionMs) + Math.Max(0, log.Event.LateMs) + SlackMs;
        _set = (uint)XxHash64.HashToUInt64(Encoding.UTF8.GetBytes(log.Set));
        History = XxHash64.HashToUInt64(Encoding.UTF8.GetBytes(log.Set), (long)Schema);
        _keyTypes = [.. log.EventKey.Select(field => log.Event.Schema.Fields[field].Type)];
        byte[] prefix = KeyPrefix();
        _digestSeed = (long)XxHash64.HashToUInt64(prefix, DigestSeed);
        _checkSeed = (long)XxHash64.HashToUInt64(prefix, CheckSeed);
    }

    /// <summary>The log.</summary>
    public KeyedLog Log { get; }

    /// <summary>XXH64 of the text of everything that the meaning of the bytes depends on.</summary>
    public ulong Schema { get; }

    /// <summary>
    /// The log in <see cref="IHistoryNotes"/>: a hash of set and schema, since two sets with equal logs share no blob.
    /// </summary>
    public ulong History { get; }

    /// <summary>How long a blob lives after its last append, in milliseconds; 0: for ever.</summary>
    public long LifetimeMs { get; }

    /// <summary>How records are laid out.</summary>
    internal RecordLayout Layout { get; }

    /// <summary>What is accumulated of the log's measures.</summary>
    internal ImmutableArray<MeasurePlan> Measures { get; init; }

    /// <summary>The boundaries of tiles.</summary>
    internal TileGrid Grid { get; init; }

    /// <summary>The key of the blob that an event enters; false when a part of it is missing (R35).</summary>
    [HotPath]
    public bool TryKeyOfEvent(RowBatch rows, int row, out StateKey key) => TryKey(rows, row, Log.EventKey, out key);

    /// <summary>The key of the blob that a request reads; false when a part of it is missing (R35).</summary>
    [HotPath]
    public bool TryKeyOfRequest(RowBatch rows, int row, out StateKey key) => TryKey(rows, row, Log.RequestKey, out key);

    /// <summary>
    /// Appends the record of an event. <paramref name="columns"/> holds the log's columns of it, in their order.
    /// Allocates nothing after warm-up.
    /// </summary>
    [HotPath]
    public void WriteRecord(RowBatch eventRows, int row, RowBatch columns, int columnRow, RecordBuffer to) =>
        _writer.Write(eventRows, row, columns, columnRow, to);

    /// <summary>The id of an event as records hold it: XXH64 of its text, or the number itself.</summary>
    [HotPath]
    public ulong IdOf(RowBatch rows, int row) => _writer.IdOf(rows, row);

    /// <summary>Whether two known times are near enough for one event to repeat the other (R44).</summary>
    internal bool IsWithinReach(long known, long other) =>
        Log.RepetitionMs < 0 || unchecked((ulong)(Math.Max(known, other) - Math.Min(known, other)))
            <= (ulong)Log.RepetitionMs;


    private bool TryKey(RowBatch rows, int row, ImmutableArray<int> fields, out StateKey key)
    {
        int bytes = 0;
        foreach (int field in fields)
        {
            if (!rows.IsPresent(row, field))
            {
                key = default;
                return false;
            }

            bool isText = rows.Schema.Fields[field].Type.Kind == ValueKind.String;
            bytes += KeyPartBytes + (isText ? rows.GetText(row, field).Length : 0);
        }

        const int OnStack = 256;
        if (bytes <= OnStack)
        {
            Span<byte> small = stackalloc byte[OnStack];
            key = KeyOf(small[..WriteKey(rows, row, fields, small)]);
            return true;
        }

        byte[] rented = ArrayPool<byte>.Shared.Rent(bytes);
        key = KeyOf(rented.AsSpan(0, WriteKey(rows, row, fields, rented)));
        ArrayPool<byte>.Shared.Return(rented);
        return true;
    }

    private StateKey KeyOf(ReadOnlySpan<byte> values) => new(
        _set, XxHash64.HashToUInt64(values, _digestSeed), XxHash64.HashToUInt64(values, _checkSeed));

    // Type tags as in section 3.6; a string has its length before it, so that parts cannot be mistaken for others.
    private int WriteKey(RowBatch rows, int row, ImmutableArray<int> fields, Span<byte> to)
    {
        int at = 0;
        for (int part = 0; part < fields.Length; part++)
        {
            int field = fields[part];
            FieldType type = _keyTypes[part];
            to[at++] = TagOf(type.Kind);
            if (type.Kind == ValueKind.String)
            {
                ReadOnlySpan<byte> text = rows.GetText(row, field);
                BinaryPrimitives.WriteInt32LittleEndian(to[at..], text.Length);
                text.CopyTo(to[(at + 4)..]);
                at += 4 + text.Length;
                continue;
            }

            if (type.Kind == ValueKind.Decimal)
            {
                to[at++] = type.Scale;
            }

            BinaryPrimitives.WriteInt64LittleEndian(to[at..], rows.Get(row, field));
            at += type.Kind == ValueKind.Bool ? 1 : 8;
        }

        return at;
    }

    private static byte TagOf(ValueKind kind) => kind switch
    {
        ValueKind.Bool => 1,
        ValueKind.Int => 2,
        ValueKind.Float => 3,
        ValueKind.Decimal => 4,
        ValueKind.String => 5,
        _ => 6,
    };

    private byte[] KeyPrefix()
    {
        var text = new StringBuilder();
        text.Append(Log.Event.Schema.Name).Append('\n');
        foreach (int field in Log.EventKey)
        {
            text.Append(Log.Event.Schema.Fields[field].Name).Append('\n');
        }

        byte[] names = Encoding.UTF8.GetBytes(text.ToString());
        byte[] prefix = new byte[names.Length + 8];
        names.CopyTo(prefix, 0);
        BinaryPrimitives.WriteUInt64LittleEndian(prefix.AsSpan(names.Length), Schema);
        return prefix;
    }
}
