using Serving.Data;
using Serving.Features.Types;

namespace Serving.Features.Emit;

/// <summary>Copies raw values (before encoders) into a row batch of the program's raw schema (R95).</summary>
internal static class RawWriter
{
    /// <summary>Appends one row.</summary>
    public static void Write(CompiledFrame frame, ReadOnlySpan<OutputColumn> columns, RowBatch raw)
    {
        int row = raw.AddRow();
        for (int column = 0; column < columns.Length; column++)
        {
            ref readonly OutputColumn output = ref columns[column];
            if (!frame.Present[output.Slot])
            {
                continue;
            }

            long value = frame.Values[output.Slot];
            switch (output.Kind)
            {
                case TypeKind.String:
                    raw.SetText(row, column, frame.Text(value));
                    break;
                case TypeKind.List:
                    WriteList(frame, value, output.Element, row, column, raw);
                    break;
                default:
                    raw.Set(row, column, value);
                    break;
            }
        }
    }

    private static void WriteList(CompiledFrame frame, long list, TypeKind element, int row, int column, RowBatch raw)
    {
        raw.BeginList();
        foreach (long item in frame.List(list))
        {
            raw.AddItem(element == TypeKind.String ? raw.AddText(frame.Text(item)) : item);
        }

        raw.EndList(row, column);
    }
}
