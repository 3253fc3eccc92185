namespace Serving.Features.Binding.Tree;

/// <summary>Builds a bound node again over other operands of the same types.</summary>
internal static class BoundRewriting
{
    /// <summary>The node with each operand replaced; a node without operands is itself.</summary>
    public static BoundExpression WithOperands(
        BoundExpression node, Func<BoundExpression, BoundExpression> replace) => node switch
    {
        BoundConversion item => item with { Operand = replace(item.Operand) },
        BoundNegation item => item with { Operand = replace(item.Operand) },
        BoundNot item => item with { Operand = replace(item.Operand) },
        BoundIsMissing item => item with { Operand = replace(item.Operand) },
        BoundIn item => item with { Operand = replace(item.Operand) },
        BoundArithmetic item => item with { Left = replace(item.Left), Right = replace(item.Right) },
        BoundComparison item => item with { Left = replace(item.Left), Right = replace(item.Right) },
        BoundLogical item => item with { Left = replace(item.Left), Right = replace(item.Right) },
        BoundCoalesce item => item with { Left = replace(item.Left), Right = replace(item.Right) },
        BoundConditional item => item with
        {
            Condition = replace(item.Condition),
            Then = replace(item.Then),
            Else = replace(item.Else),
        },
        BoundCall item => item with { Arguments = [.. item.Arguments.Select(replace)] },
        BoundCross item => item with { Members = [.. item.Members.Select(replace)] },
        _ => node,
    };
}
