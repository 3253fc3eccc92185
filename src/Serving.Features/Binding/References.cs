using Serving.Features.Syntax;

namespace Serving.Features.Binding;

/// <summary>Finds the names that an expression mentions.</summary>
internal static class References
{
    public static IEnumerable<string> In(ExpressionSyntax node) => node switch
    {
        ReferenceSyntax reference => reference.OfNow ? [] : [reference.Name.Text],
        ParenthesizedSyntax inner => In(inner.Inner),
        UnarySyntax unary => In(unary.Operand),
        BinarySyntax binary => In(binary.Left).Concat(In(binary.Right)),
        InSyntax contained => In(contained.Operand),
        IsMissingSyntax missing => In(missing.Operand),
        ConditionalSyntax conditional =>
            In(conditional.Condition).Concat(In(conditional.Then)).Concat(In(conditional.Else)),
        CallSyntax call => call.Arguments.SelectMany(argument => In(argument.Value))
            .Concat(call.Where is null ? [] : In(call.Where)),
        _ => [],
    };
}
