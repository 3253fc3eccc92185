using System.Buffers;
using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using Serving.Data;
using Serving.Data.Cells;
using Serving.Data.Windows;
using Serving.State.Windows;

namespace Serving.State.Tests.Windows;

/// <summary>One log with its codec, a reader and rows to work with.</summary>
internal sealed class LogBench
{
    public static readonly RowSchema RequestSchema = new("r", [new("n", new FieldType(ValueKind.Int))]);

    private readonly RowBatch _event;
    private readonly RowBatch _columns;
    private readonly RowBatch _request = new(RequestSchema);
    private readonly RowBatch _values;
    private readonly RecordBuffer _record = new();

    public LogBench(KeyedLog log, ImmutableArray<IRecordCondition> conditions = default)
    {
        Log = log;
        Codec = new LogCodec(log);
        Conditions = conditions.IsDefault ? [] : conditions;
        Reader = new WindowReader(Codec, Conditions);
        Keeping = new WindowReader(Codec, Conditions);
        _event = new RowBatch(log.Event.Schema);
        _columns = new RowBatch(KeptReader.SchemaOf(log));
        _values = new RowBatch(LogBuilder.ValuesOf(log));
    }

    public KeyedLog Log { get; }

    public LogCodec Codec { get; }

    public ImmutableArray<IRecordCondition> Conditions { get; }

    public WindowReader Reader { get; }

    /// <summary>Where the second reader keeps blobs decoded.</summary>
    public ImagePool Images { get; } = new(8 * ImagePool.BlockBytes);

    /// <summary>Reads the same, from blobs that are kept decoded.</summary>
    public WindowReader Keeping { get; }

    public byte[] NewBlob()
    {
        byte[] blob = new byte[BlobHeader.Size];
        BlobHeader.Write(blob, 0, Codec.Schema, 77);
        return blob;
    }

    public byte[] Record(TestEvent source)
    {
        _event.Clear();
        _event.AddRow();
        if (Log.Event.Schema.Fields[0].Type.Kind == ValueKind.String)
        {
            _event.SetText(0, 0, Encoding.UTF8.GetBytes(source.Id));
        }
        else
        {
            _event.Set(0, 0, long.Parse(source.Id, CultureInfo.InvariantCulture));
        }

        _event.Set(0, 1, source.Time);
        _event.Set(0, 2, source.Known);
        _event.SetText(0, 3, "k"u8);
        _columns.Clear();
        FillColumns(_columns, source);
        _record.Clear();
        Codec.WriteRecord(_event, 0, _columns, 0, _record);
        return _record.Written.ToArray();
    }

    public byte[] Blob(params IEnumerable<TestEvent> events) => [.. NewBlob(), .. events.SelectMany(Record)];

    public static byte[] Compact(LogCompactor compactor, byte[] blob, out int removed)
    {
        ArrayBufferWriter<byte> writer = new();
        removed = compactor.Compact(blob, writer);
        return removed == 0 ? blob : writer.WrittenSpan.ToArray();
    }

    /// <summary>Reads a blob with both readers, which must agree; values as cells, null where missing.</summary>
    public (ReadStatus Status, string?[] Values) Read(ReadOnlySpan<byte> blob, long time, long requestNumber = 0)
    {
        (ReadStatus Status, string?[] Values) kept = Read(Keeping, blob, time, requestNumber, Images);
        (ReadStatus Status, string?[] Values) anew = Read(Reader, blob, time, requestNumber, images: null);
        Assert.Equal(anew.Status, kept.Status);
        Assert.Equal(anew.Values, kept.Values);
        Assert.Equal(
            (Reader.IsCompactionDue, Reader.TailBytes, Reader.RecordsRead),
            (Keeping.IsCompactionDue, Keeping.TailBytes, Keeping.RecordsRead));
        return anew;
    }

    private (ReadStatus Status, string?[] Values) Read(
        WindowReader reader, ReadOnlySpan<byte> blob, long time, long requestNumber, ImagePool? images)
    {
        _request.Clear();
        _request.AddRow();
        _request.Set(0, 0, requestNumber);
        _values.Clear();
        _values.AddRow();
        ReadStatus status = reader.Read(blob, _request, 0, time, _values, 0, images);
        string?[] cells = [.. Log.Readings.Select(reading => CellOf(reading))];
        return (status, cells);
    }

    /// <summary>Reads a blob with images or without.</summary>
    public string?[] ReadWith(ImagePool? images, ReadOnlySpan<byte> blob, long time) =>
        Read(Reader, blob, time, requestNumber: 0, images).Values;

    /// <summary>Puts the columns of an event into a new row.</summary>
    public static void FillColumns(RowBatch columns, TestEvent source)
    {
        int row = columns.AddRow();
        for (int column = 0; column < source.Columns.Length; column++)
        {
            switch (source.Columns[column])
            {
                case null:
                    break;
                case bool value:
                    columns.Set(row, column, value ? 1 : 0);
                    break;
                case long value:
                    columns.Set(row, column, value);
                    break;
                case double value:
                    columns.SetFloat(row, column, value);
                    break;
                case string text:
                    columns.SetText(row, column, Encoding.UTF8.GetBytes(text));
                    break;
                case long[] items:
                    columns.BeginList();
                    foreach (long item in items)
                    {
                        columns.AddItem(item);
                    }

                    columns.EndList(row, column);
                    break;
                default:
                    throw new NotSupportedException();
            }
        }
    }

    private string? CellOf(WindowReading reading)
    {
        if (!_values.IsPresent(0, reading.Slot))
        {
            return null;
        }

        Utf8Buffer buffer = new();
        CellWriter.Write(buffer, reading.Type, _values.Get(0, reading.Slot), _values);
        return Encoding.UTF8.GetString(buffer.Written);
    }
}
