namespace Serving.Features.Binding.Tree;

/// <summary>The operands of a bound node.</summary>
internal static class BoundChildren
{
    public static IEnumerable<BoundExpression> Of(BoundExpression node) => node switch
    {
        BoundConversion item => [item.Operand],
        BoundNegation item => [item.Operand],
        BoundNot item => [item.Operand],
        BoundIsMissing item => [item.Operand],
        BoundIn item => [item.Operand],
        BoundArithmetic item => [item.Left, item.Right],
        BoundComparison item => [item.Left, item.Right],
        BoundLogical item => [item.Left, item.Right],
        BoundCoalesce item => [item.Left, item.Right],
        BoundConditional item => [item.Condition, item.Then, item.Else],
        BoundCall item => item.Arguments,
        BoundCross item => item.Members,
        BoundLiteral or BoundField or BoundNowField or BoundCell or BoundWindowValue => [],
        _ => throw new InvalidOperationException($"{node.GetType().Name} is unknown"),
    };

    /// <summary>A node and all below it.</summary>
    public static IEnumerable<BoundExpression> WithDescendants(BoundExpression node) =>
        Of(node).SelectMany(WithDescendants).Prepend(node);
}
