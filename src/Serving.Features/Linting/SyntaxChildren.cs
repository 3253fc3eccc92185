using Serving.Features.Syntax;

namespace Serving.Features.Linting;

/// <summary>The operands of a syntax node.</summary>
internal static class SyntaxChildren
{
    /// <summary>A node and all below it.</summary>
    public static IEnumerable<ExpressionSyntax> WithDescendants(ExpressionSyntax node) =>
        Of(node).SelectMany(WithDescendants).Prepend(node);

    /// <summary>
    /// A node and all below it, without what stands inside window calls: names mean an event's fields there (R31).
    /// </summary>
    public static IEnumerable<ExpressionSyntax> OutsideWindows(ExpressionSyntax node) =>
        node is CallSyntax { Over: not null } ? [node] : Of(node).SelectMany(OutsideWindows).Prepend(node);

    private static IEnumerable<ExpressionSyntax> Of(ExpressionSyntax node) => node switch
    {
        ParenthesizedSyntax item => [item.Inner],
        UnarySyntax item => [item.Operand],
        BinarySyntax item => [item.Left, item.Right],
        InSyntax item => [item.Operand],
        IsMissingSyntax item => [item.Operand],
        ConditionalSyntax item => [item.Condition, item.Then, item.Else],
        CallSyntax item =>
            item.Arguments.Select(argument => argument.Value).Concat(item.Where is null ? [] : [item.Where]),
        _ => [],
    };
}
