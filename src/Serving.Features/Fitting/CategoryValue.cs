using System.Collections.Immutable;

namespace Serving.Features.Fitting;

/// <summary>A value of <c>vocab</c> or <c>rate</c>: a slot, or for strings UTF-8 bytes (the slot is then 0).</summary>
internal readonly record struct CategoryValue(long Slot, ImmutableArray<byte> Text)
{
    /// <summary>Equal slots and equal bytes.</summary>
    public bool Equals(CategoryValue other) => Slot == other.Slot && Text.AsSpan().SequenceEqual(other.Text.AsSpan());

    public override int GetHashCode()
    {
        var hash = default(HashCode);
        hash.Add(Slot);
        hash.AddBytes(Text.AsSpan());
        return hash.ToHashCode();
    }
}
