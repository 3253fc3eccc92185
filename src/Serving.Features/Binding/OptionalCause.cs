using Serving.Features.Binding.Tree;

namespace Serving.Features.Binding;

/// <summary>Finds why an expression may be missing, for the message of E031.</summary>
internal static class OptionalCause
{
    /// <summary>" because 'country' is optional", or empty where nothing short can be said.</summary>
    public static string Of(BoundExpression expression)
    {
        BoundExpression? leaf = FirstOptionalLeaf(expression);
        return leaf switch
        {
            BoundField field => $" because '{field.Name}' is optional",
            BoundNowField field => $" because 'now.{field.Name}' is optional",
            BoundWindowValue => " because a window may hold no value, or its key may be missing",
            BoundCell cell => $" because '{cell.Cell.Name}' may be missing",
            BoundArithmetic { Operator: ArithmeticOperator.Divide } => " because a division by 0 is missing",
            BoundArithmetic { Operator: ArithmeticOperator.Remainder } => " because a remainder by 0 is missing",
            BoundCall call => $" because {call.Function} may be missing",
            _ => "",
        };
    }

    private static BoundExpression? FirstOptionalLeaf(BoundExpression expression)
    {
        if (!expression.Type.Optional)
        {
            return null;
        }

        foreach (BoundExpression child in ChildrenOf(expression))
        {
            if (FirstOptionalLeaf(child) is { } leaf)
            {
                return leaf;
            }
        }

        return expression;
    }

    private static IEnumerable<BoundExpression> ChildrenOf(BoundExpression expression) => expression switch
    {
        BoundConversion node => [node.Operand],
        BoundNegation node => [node.Operand],
        BoundNot node => [node.Operand],
        BoundIn node => [node.Operand],
        BoundArithmetic node => [node.Left, node.Right],
        BoundComparison node => [node.Left, node.Right],
        BoundLogical node => [node.Left, node.Right],
        BoundCoalesce node => [node.Right],
        BoundConditional node => [node.Then, node.Else],
        BoundCall node => node.Arguments,
        _ => [],
    };
}
