using System.Collections.Immutable;
using System.Runtime.InteropServices;
using Serving.Data;
using Serving.Data.Windows;

namespace Serving.State.Windows;

/// <summary>How a record holds one column.</summary>
/// <param name="Form">The form of its values.</param>
/// <param name="ElementForm">The form of a list's elements; bools of lists are numbers.</param>
/// <param name="PresenceBit">Bit that says whether it is present; -1 where it always is.</param>
/// <param name="ValueBit">Bit of a bool; -1 for all others.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct ColumnLayout(ColumnForm Form, ColumnForm ElementForm, int PresenceBit, int ValueBit)
{
    /// <summary>Lays out columns: presence and bool bits in the order of the columns.</summary>
    public static ImmutableArray<ColumnLayout> Of(ImmutableArray<LogColumn> columns, out int bits)
    {
        var layouts = ImmutableArray.CreateBuilder<ColumnLayout>(columns.Length);
        bits = 0;
        foreach (LogColumn column in columns)
        {
            int presence = column.Type.Optional ? bits++ : -1;
            int value = column.Type.Kind == ValueKind.Bool ? bits++ : -1;
            ColumnForm form = value >= 0 ? ColumnForm.Bit : FormOf(column.Type.Kind);
            layouts.Add(new ColumnLayout(form, FormOf(column.Type.ElementKind), presence, value));
        }

        return layouts.MoveToImmutable();
    }

    /// <summary>The form of a value that stands alone.</summary>
    public static ColumnForm FormOf(ValueKind kind) => kind switch
    {
        ValueKind.Float => ColumnForm.Float,
        ValueKind.String => ColumnForm.Text,
        ValueKind.List => ColumnForm.List,
        _ => ColumnForm.Number,
    };
}
