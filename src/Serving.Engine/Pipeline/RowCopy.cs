using Serving.Data;

namespace Serving.Engine.Pipeline;

/// <summary>Copies rows between batches of one schema.</summary>
internal static class RowCopy
{
    /// <summary>Makes <paramref name="target"/> hold one row of <paramref name="source"/> and nothing else.</summary>
    public static void CopyRow(RowBatch source, int row, RowBatch target)
    {
        target.Clear();
        AppendRow(source, row, target);
    }

    /// <summary>Appends one row of <paramref name="source"/>.</summary>
    public static void AppendRow(RowBatch source, int row, RowBatch target)
    {
        int copy = target.AddRow();
        for (int field = 0; field < source.FieldCount; field++)
        {
            if (source.IsPresent(row, field))
            {
                FieldType type = source.Schema.Fields[field].Type;
                target.Set(copy, field, CopyOf(target, source, type, source.Get(row, field)));
            }
        }
    }

    /// <summary>
    /// A slot of <paramref name="source"/> as one of <paramref name="target"/>, its text or items copied.
    /// </summary>
    [HotPath]
    public static long CopyOf(RowBatch target, RowBatch source, FieldType type, long slot)
    {
        switch (type.Kind)
        {
            case ValueKind.String:
                return target.AddText(source.TextOf(slot));
            case ValueKind.List:
                int offset = target.ItemCount;
                int start = TextHandle.Offset(slot);
                for (int index = 0; index < TextHandle.Length(slot); index++)
                {
                    long item = source.Items[start + index];
                    target.AddItem(type.ElementKind == ValueKind.String ? target.AddText(source.TextOf(item)) : item);
                }

                return TextHandle.Pack(offset, TextHandle.Length(slot));
            default:
                return slot;
        }
    }
}
