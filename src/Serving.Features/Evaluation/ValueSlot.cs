using Serving.Data;
using Serving.Features.Types;

namespace Serving.Features.Evaluation;

/// <summary>Moves values between the slots of row batches and the reference interpreter.</summary>
internal static class ValueSlot
{
    /// <summary>The value of a slot; strings and lists have their contents in the batch.</summary>
    public static Value Read(ScriptType type, long slot, RowBatch? rows) => type.Kind switch
    {
        TypeKind.Bool => Value.OfBool(slot != 0),
        TypeKind.Int => Value.OfInt(slot),
        TypeKind.Float => Value.OfFloat(BitConverter.Int64BitsToDouble(slot)),
        TypeKind.Decimal => Value.OfDecimal(slot, type.Scale),
        TypeKind.Time => Value.OfTime(slot),
        TypeKind.Id => Value.OfId(slot),
        TypeKind.Digest => Value.OfDigest(unchecked((ulong)slot)),
        TypeKind.String => Value.OfText(rows!.TextOf(slot).ToArray()),
        TypeKind.List => Value.OfList(ItemsOf(slot, rows!).Select(item => Read(type.ElementType, item, rows))),
        _ => throw new InvalidOperationException($"{type} has no slot"),
    };

    /// <summary>Writes a raw value into a row (R95); an id is an int there.</summary>
    public static void Write(Value? value, RowBatch rows, int row, int field)
    {
        if (value is null)
        {
            rows.SetMissing(row, field);
        }
        else if (value.Kind == TypeKind.List)
        {
            long[] items = [.. value.Items.Select(item => SlotOf(item, rows))];
            rows.BeginList();
            foreach (long item in items)
            {
                rows.AddItem(item);
            }

            rows.EndList(row, field);
        }
        else
        {
            rows.Set(row, field, SlotOf(value, rows));
        }
    }

    private static long SlotOf(Value value, RowBatch rows) => value.Kind switch
    {
        TypeKind.Float => BitConverter.DoubleToInt64Bits(value.Real),
        TypeKind.String => rows.AddText(value.Text),
        TypeKind.Digest => unchecked((long)(ulong)value.Whole),
        _ => (long)value.Whole,
    };

    private static long[] ItemsOf(long slot, RowBatch rows) =>
        rows.Items.AsSpan(TextHandle.Offset(slot), TextHandle.Length(slot)).ToArray();
}
