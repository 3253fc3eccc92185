using System.Collections.Immutable;
using Serving.Features.Text;
using Serving.Features.Types;

namespace Serving.Features.Binding.Tree;

/// <summary>A constant.</summary>
/// <param name="Type">Its type; never optional.</param>
/// <param name="Slot">The value as a slot; 0 for a string.</param>
/// <param name="Text">The UTF-8 bytes of a string; empty otherwise.</param>
/// <param name="NumberText">The digits of a number literal that may still become a decimal (R8); null
/// otherwise.</param>
internal sealed record BoundLiteral(ScriptType Type, long Slot, ImmutableArray<byte> Text, string? NumberText = null)
    : BoundExpression(Type)
{
    /// <summary>Where a number literal stands, for messages.</summary>
    public TextSpan Span { get; init; }
}
