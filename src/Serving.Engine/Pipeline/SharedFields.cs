using Serving.Data;

namespace Serving.Engine.Pipeline;

/// <summary>Values that a batch says once for all of its rows.</summary>
internal static class SharedFields
{
    /// <summary>
    /// Gives the shared row's values to every row that has none of its own. Texts and lists are copied into the rows'
    /// arenas once, however many rows point at them. Allocates nothing after warm-up.
    /// </summary>
    [HotPath]
    public static void GiveTo(RowBatch rows, RowBatch shared)
    {
        if (shared.RowCount == 0)
        {
            return;
        }

        for (int field = 0; field < rows.FieldCount; field++)
        {
            if (shared.IsPresent(0, field))
            {
                GiveField(rows, shared, field);
            }
        }
    }

    [HotPath]
    private static void GiveField(RowBatch rows, RowBatch shared, int field)
    {
        FieldType type = shared.Schema.Fields[field].Type;
        bool isCopied = false;
        long value = 0;
        for (int row = 0; row < rows.RowCount; row++)
        {
            if (!rows.IsPresent(row, field))
            {
                value = isCopied ? value : RowCopy.CopyOf(rows, shared, type, shared.Get(0, field));
                isCopied = true;
                rows.Set(row, field, value);
            }
        }
    }
}
