using Serving.Data;

namespace Serving.Cli.CommandLine;

/// <summary>Copies rows between batches of one schema.</summary>
internal static class RowTransfer
{
    public static void Append(RowBatch source, RowBatch target)
    {
        for (int row = 0; row < source.RowCount; row++)
        {
            int added = target.AddRow();
            for (int field = 0; field < source.FieldCount; field++)
            {
                if (source.IsPresent(row, field))
                {
                    Copy(source, row, target, added, field);
                }
            }
        }
    }

    private static void Copy(RowBatch source, int row, RowBatch target, int targetRow, int field)
    {
        FieldType type = source.Schema.Fields[field].Type;
        switch (type.Kind)
        {
            case ValueKind.String:
                target.SetText(targetRow, field, source.GetText(row, field));
                break;
            case ValueKind.List:
                target.BeginList();
                foreach (long item in source.GetList(row, field))
                {
                    target.AddItem(type.ElementKind == ValueKind.String ? target.AddText(source.TextOf(item)) : item);
                }

                target.EndList(targetRow, field);
                break;
            default:
                target.Set(targetRow, field, source.Get(row, field));
                break;
        }
    }
}
