using System.Collections.Immutable;
using System.Runtime.InteropServices;
using Serving.Data;
using Serving.Data.Windows;

namespace Serving.State.Windows;

/// <summary>How a record holds one column.</summary>
/// <param name="Kind">What the value is.</param>
/// <param name="ElementKind">Kind of a list's elements.</param>
/// <param name="PresenceBit">Bit that says whether it is present; -1 where it always is.</param>
/// <param name="ValueBit">Bit of a bool; -1 for all others.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct ColumnLayout(ValueKind Kind, ValueKind ElementKind, int PresenceBit, int ValueBit)
{
    /// <summary>Whether values are numbers that are written as zigzag varints.</summary>
    public bool IsNumber => Kind is ValueKind.Int or ValueKind.Decimal or ValueKind.Time or ValueKind.Digest;

    /// <summary>Lays out columns: presence and bool bits in the order of the columns.</summary>
    public static ImmutableArray<ColumnLayout> Of(ImmutableArray<LogColumn> columns, out int bits)
    {
        var layouts = ImmutableArray.CreateBuilder<ColumnLayout>(columns.Length);
        bits = 0;
        foreach (LogColumn column in columns)
        {
            int presence = column.Type.Optional ? bits++ : -1;
            int value = column.Type.Kind == ValueKind.Bool ? bits++ : -1;
            layouts.Add(new ColumnLayout(column.Type.Kind, column.Type.ElementKind, presence, value));
        }

        return layouts.MoveToImmutable();
    }
}
