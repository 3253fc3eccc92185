using System.Runtime.InteropServices;
using Serving.Features.Types;

namespace Serving.Features.Fitting;

/// <summary>What the values of <c>vocab</c> or <c>rate</c> are, as statistics name it, and their order (R85).</summary>
/// <param name="Kind">Kind of the value, or of a list's elements.</param>
/// <param name="Scale">Fractional digits of a decimal.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct CategoryType(TypeKind Kind, byte Scale)
{
    /// <summary>Strings by their bytes, numbers numerically.</summary>
    public Comparison<CategoryValue> Comparison => Kind switch
    {
        TypeKind.String => static (left, right) => left.Text.AsSpan().SequenceCompareTo(right.Text.AsSpan()),
        TypeKind.Float => static (left, right) =>
            BitConverter.Int64BitsToDouble(left.Slot).CompareTo(BitConverter.Int64BitsToDouble(right.Slot)),
        TypeKind.Digest => static (left, right) => ((ulong)left.Slot).CompareTo((ulong)right.Slot),
        _ => static (left, right) => left.Slot.CompareTo(right.Slot),
    };

    public IComparer<CategoryValue> Comparer => Comparer<CategoryValue>.Create(Comparison);

    public bool IsText => Kind == TypeKind.String;

    /// <summary>The type of a value, or of the elements of a list.</summary>
    public static CategoryType Of(ScriptType type)
    {
        ScriptType element = type.IsList ? type.ElementType : type;
        return new CategoryType(element.Kind, element.Kind == TypeKind.Decimal ? element.Scale : (byte)0);
    }

    /// <summary>The type as scripts spell it; an encoded id is <c>id</c>.</summary>
    public override string ToString() => Kind switch
    {
        TypeKind.Decimal => $"decimal({Scale})",
        TypeKind.Id => "id",
        _ => Kind.ToString().ToLowerInvariant(),
    };
}
