using System.Collections.Immutable;
using Serving.Features.Binding.Tree;
using Serving.Features.Types;

namespace Serving.Features.Binding;

/// <summary>
/// What an expression gives: one plain value, or a family of values that combine element by element (R29).
/// </summary>
internal sealed record Family(ImmutableArray<FamilyMember> Members)
{
    /// <summary>The value of an expression whose error was reported.</summary>
    public static readonly Family Error =
        Plain(new BoundLiteral(ScriptType.Error, 0, []));

    public bool IsPlain => Members.Length == 1 && Members[0].SpanMs < 0 && Members[0].Part.Length == 0;

    public bool HasError => Members.Any(member => member.Value.Type.IsError);

    public static Family Plain(BoundExpression value) => new([new FamilyMember("", -1, "", value)]);

    /// <summary>Whether two families combine: same durations and parts in the same order.</summary>
    public bool Matches(Family other) =>
        Members.Length == other.Members.Length
        && Members.Zip(other.Members).All(pair => pair.First.Matches(pair.Second));

    /// <summary>The same family with other values.</summary>
    public Family Select(Func<BoundExpression, BoundExpression> map) =>
        new([.. Members.Select(member => member with { Value = map(member.Value) })]);

    /// <summary>The spans and parts for a message, e.g. <c>1h,1d</c>.</summary>
    public string Describe() =>
        IsPlain ? "one value" : string.Join(',', Members.Select(member => member.Suffix[1..]));
}
