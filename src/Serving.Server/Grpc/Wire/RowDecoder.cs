using Serving.Data;
using Serving.Data.Cells;
using Serving.Engine.Pipeline;
using Serving.Server.Rows;

namespace Serving.Server.Grpc.Wire;

/// <summary>
/// Reads messages <c>serving.v1.Row</c> straight into the slots of a batch, by field name or by index of a published
/// schema. Not safe for use by several threads; reused, allocates nothing after warm-up unless a row is wrong.
/// </summary>
internal sealed class RowDecoder
{
    /// <summary>Unknown protobuf fields in one request; real clients send none, a newer contract a handful.</summary>
    public const int UnknownFieldsMax = 10_000;

    /// <summary>Entries of one row's map; above any schema that a script may declare.</summary>
    public const int EntriesMax = 16_384;

    private const uint TagFields = (1 << 3) | 2;
    private const uint TagValues = (2 << 3) | 2;
    private const uint TagKey = (1 << 3) | 2;
    private const uint TagValue = (2 << 3) | 2;

    // Messages around a value: request, row, entry.
    private const int DepthOfNamedValue = 3;
    private const int DepthOfIndexedValue = 2;

    private readonly RequestProblems _problems;
    private readonly WireSlots _slots = new();

    // Bit per place of the schema: whether this row gave it by name.
    private ulong[] _seen = new ulong[4];
    private int _skipped;

    /// <summary>Makes a decoder that notes what is wrong.</summary>
    public RowDecoder(RequestProblems problems) => _problems = problems;

    /// <summary>Whether values by index are refused whatever the request says: events have no schema_hash.</summary>
    public bool TakesNamesAlone { get; init; }

    /// <summary>Begins a request.</summary>
    public void Begin() => _skipped = 0;

    /// <summary>
    /// Appends one row to a batch. False when the bytes are no message; what is wrong with values goes to the problems.
    /// </summary>
    /// <param name="bytes">The message.</param>
    /// <param name="schema">What the row may say.</param>
    /// <param name="places">Places of values by index; empty when the request names no schema.</param>
    /// <param name="batch">Receives the row.</param>
    /// <param name="row">How the row is named in problems.</param>
    public bool TryRead(
        ReadOnlySpan<byte> bytes, RequestSchema schema, ReadOnlySpan<int> places, RowBatch batch, int row)
    {
        int target = batch.AddRow();
        int valueCount = 0;
        int entryCount = 0;
        ClearSeen(batch.FieldCount);
        var reader = new ProtoReader(bytes);
        while (reader.NextField(out uint tag))
        {
            bool good = true;
            if (tag == TagFields)
            {
                good = ++entryCount > EntriesMax || TryReadEntry(reader.ReadBytes(), schema, batch, target, row);
            }
            else if (tag == TagValues)
            {
                good = TryReadIndexed(reader.ReadBytes(), places, valueCount++, batch, target, row);
            }
            else
            {
                reader.Skip(tag);
            }

            if (!good)
            {
                return false;
            }

            if (entryCount > EntriesMax || _skipped + reader.SkippedCount > UnknownFieldsMax)
            {
                _problems.Add(row, null, OverBudget(entryCount));
                return true;
            }
        }

        _skipped += reader.SkippedCount;
        CheckValueCount(valueCount, places.Length, row);
        return !reader.IsMalformed;
    }

    private bool TryReadEntry(ReadOnlySpan<byte> bytes, RequestSchema schema, RowBatch batch, int target, int row)
    {
        ReadOnlySpan<byte> key = default;
        ReadOnlySpan<byte> valueBytes = default;
        var reader = new ProtoReader(bytes);
        while (reader.NextField(out uint tag))
        {
            switch (tag)
            {
                case TagKey:
                    key = reader.ReadBytes();
                    break;
                case TagValue:
                    valueBytes = reader.ReadBytes();
                    break;
                default:
                    reader.Skip(tag);
                    break;
            }
        }

        _skipped += reader.SkippedCount;
        int place = schema.PlaceOf(key);
        if (reader.IsMalformed || !WireValue.TryRead(valueBytes, DepthOfNamedValue, out WireValue value, ref _skipped))
        {
            return false;
        }

        if (place >= 0)
        {
            Store(batch, target, place, value, key, row);
            return true;
        }

        return place == RequestSchema.Ignored ? true : NoteUnknown(row, key);
    }

    private void Store(RowBatch batch, int target, int place, in WireValue value, ReadOnlySpan<byte> key, int row)
    {
        ulong bit = 1UL << (place & 63);
        if ((_seen[place >> 6] & bit) != 0)
        {
            _problems.AddDuplicate(row, key);
            return;
        }

        _seen[place >> 6] |= bit;
        Write(batch, target, place, value, row);
    }

    private bool TryReadIndexed(
        ReadOnlySpan<byte> bytes, ReadOnlySpan<int> places, int index, RowBatch batch, int target, int row)
    {
        if (!WireValue.TryRead(bytes, DepthOfIndexedValue, out WireValue value, ref _skipped))
        {
            return false;
        }

        if (index < places.Length && places[index] >= 0)
        {
            Write(batch, target, places[index], value, row);
        }

        return true;
    }

    private void Write(RowBatch batch, int target, int place, in WireValue value, int row)
    {
        if (value.Kind == WireKind.Missing)
        {
            return;
        }

        Field field = batch.Schema.Fields[place];
        CellFault fault = _slots.Write(batch, target, place, field.Type, value);
        if (fault != CellFault.None)
        {
            _problems.AddValue(row, field, fault, WireSlots.Describe(value));
        }
    }

    private bool NoteUnknown(int row, ReadOnlySpan<byte> key)
    {
        // A name that is not UTF-8 is no protobuf string.
        if (!System.Text.Unicode.Utf8.IsValid(key))
        {
            return false;
        }

        _problems.AddUnknownField(row, key);
        return true;
    }

    private void CheckValueCount(int count, int expected, int row)
    {
        if (count == 0 || count == expected)
        {
            return;
        }

        _problems.Add(row, null, TakesNamesAlone
            ? "found values by index, expected fields by name"
            : expected == 0
            ? "found values by index without schema_hash, expected the hash that GetSchema answers"
            : $"found {count} values, expected {expected}: one for each field of the schema");
    }

    private static string OverBudget(int entryCount) => entryCount > EntriesMax
        ? $"found more than {EntriesMax} fields, expected at most as many"
        : $"found more than {UnknownFieldsMax} unknown protobuf fields, expected at most as many";

    private void ClearSeen(int fieldCount)
    {
        int words = (fieldCount + 63) >> 6;
        if (_seen.Length < words)
        {
            _seen = new ulong[words];
        }

        Array.Clear(_seen, 0, words);
    }
}
