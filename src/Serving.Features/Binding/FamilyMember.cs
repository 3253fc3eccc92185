using Serving.Features.Binding.Tree;

namespace Serving.Features.Binding;

/// <summary>One member of a family (R27, R28, R63).</summary>
/// <param name="SpanText">The span as the window spells it; empty without one.</param>
/// <param name="SpanMs">The span in milliseconds; -1 without one.</param>
/// <param name="Part"><c>sin</c> or <c>cos</c> of circular; empty otherwise.</param>
/// <param name="Value">The member's value.</param>
internal sealed record FamilyMember(string SpanText, long SpanMs, string Part, BoundExpression Value)
{
    /// <summary>What the member appends to a feature's name: span first, then the part.</summary>
    public string Suffix => (SpanText.Length == 0 ? "" : "_" + SpanText) + (Part.Length == 0 ? "" : "_" + Part);

    /// <summary>
    /// Whether both stand at the same place of their families, whatever the spelling of the span (R29).
    /// </summary>
    public bool Matches(FamilyMember other) => SpanMs == other.SpanMs && Part == other.Part;
}
