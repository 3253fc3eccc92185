using Serving.Features.Binding.Tree;
using Serving.Features.Syntax;
using Serving.Features.Text;
using Serving.Features.Types;

namespace Serving.Features.Binding;

/// <summary>Types and rules of the operators (R8 - R22).</summary>
internal sealed class OperatorBinder(BindingContext context, TypeRules rules)
{
    private static readonly BoundExpression Error = Family.Error.Members[0].Value;

    public BoundExpression BindBinary(BinarySyntax node, BoundExpression left, BoundExpression right) =>
        node.Operator switch
    {
        BinaryOperator.And or BinaryOperator.Or => BindLogical(node, left, right),
        BinaryOperator.Coalesce => BindCoalesce(node, left, right),
        BinaryOperator.Equal or BinaryOperator.NotEqual or BinaryOperator.Less or BinaryOperator.LessEqual
            or BinaryOperator.Greater or BinaryOperator.GreaterEqual => BindComparison(node, left, right),
        _ => BindArithmetic(node, left, right),
    };

    public BoundExpression BindUnary(UnarySyntax node, BoundExpression operand)
    {
        if (node.IsNot)
        {
            return operand.Type.Kind == TypeKind.Bool
                ? new BoundNot(operand)
                : WrongType(node.Span, $"'not' needs a bool, and '{context.TextOf(node.Operand)}' is {operand.Type}");
        }

        return operand.Type.IsNumber
            ? new BoundNegation(operand)
            : WrongType(node.Span, $"'-' needs a number, and '{context.TextOf(node.Operand)}' is {operand.Type}");
    }

    public BoundExpression BindIsMissing(IsMissingSyntax node, BoundExpression operand) =>
        operand.Type.Kind == TypeKind.Duration || operand.Type.IsEncoded
            ? WrongType(node.Span, $"{operand.Type} is never missing (an id is 0 there)", "compare it with 0")
            : new BoundIsMissing(operand, node.IsNegated);

    public BoundExpression BindConditional(
        ConditionalSyntax node, BoundExpression condition, BoundExpression then, BoundExpression otherwise)
    {
        if (condition.Type.Kind != TypeKind.Bool)
        {
            return WrongType(
                node.Condition.Span, $"the condition '{context.TextOf(node.Condition)}' is {condition.Type}, not bool");
        }

        if (condition.Type.Optional)
        {
            context.Diagnostics.MayBeMissing(
                node.Condition.Span, OptionalCause.Of(condition), context.TextOf(node.Condition));
            return Error;
        }

        return rules.Join(then, otherwise, node.Then, node.Else, node.Span) is { } joined
            ? new BoundConditional(condition, joined.Left, joined.Right)
            : Error;
    }

    public BoundExpression BindIn(InSyntax node, BoundExpression operand)
    {
        var items = new List<BoundLiteral>();
        foreach (LiteralSyntax item in node.Items)
        {
            if (BindItem(node, operand, Literals.Bind(item, context.Diagnostics), item) is not { } bound)
            {
                return Error;
            }

            items.Add(bound);
        }

        return new BoundIn(operand, [.. items]);
    }

    private BoundLiteral? BindItem(InSyntax node, BoundExpression operand, BoundLiteral item, LiteralSyntax place)
    {
        if (operand.Type.Kind == TypeKind.Decimal && item.Type.IsNumber)
        {
            return Literals.AsDecimal(item, operand.Type.Scale, context.Diagnostics) ?? Literals.AsFloat(item);
        }

        if (operand.Type.Kind == TypeKind.Float && item.Type.IsNumber)
        {
            return Literals.AsFloat(item);
        }

        bool sameKind = operand.Type.Kind == item.Type.Kind
            && operand.Type.Kind is TypeKind.Int or TypeKind.Bool or TypeKind.String or TypeKind.Time;
        bool idAndInt = operand.Type.Kind == TypeKind.Id && item.Type.Kind == TypeKind.Int;
        if (sameKind || idAndInt || (operand.Type.Kind == TypeKind.Int && item.Type.Kind == TypeKind.Float))
        {
            return item;
        }

        WrongType(
            node.Span,
            $"'{context.TextOf(node.Operand)}' is {operand.Type} and {context.TextOf(place)} is {item.Type}");
        return null;
    }

    private BoundExpression BindLogical(BinarySyntax node, BoundExpression left, BoundExpression right)
    {
        bool isAnd = node.Operator == BinaryOperator.And;
        if (left.Type.Kind == TypeKind.Bool && right.Type.Kind == TypeKind.Bool)
        {
            return new BoundLogical(isAnd, left, right);
        }

        (SyntaxNode culprit, ScriptType type) =
            left.Type.Kind != TypeKind.Bool ? ((SyntaxNode)node.Left, left.Type) : (node.Right, right.Type);
        return WrongType(
            node.Span, $"'{(isAnd ? "and" : "or")}' joins bools, and '{context.TextOf(culprit)}' is {type}");
    }

    private BoundExpression BindCoalesce(BinarySyntax node, BoundExpression left, BoundExpression right) =>
        rules.Join(left, right, node.Left, node.Right, node.Span) is { } joined
            ? new BoundCoalesce(joined.Left, joined.Right)
            : Error;

    private BoundExpression BindComparison(BinarySyntax node, BoundExpression left, BoundExpression right)
    {
        ComparisonOperator comparison = node.Operator - BinaryOperator.Equal + ComparisonOperator.Equal;
        (left, right) = rules.AdaptLiterals(left, right);
        if (rules.ScalesDiffer(left, right, node.Left, node.Right, node.Span))
        {
            return Error;
        }

        bool equality = comparison is ComparisonOperator.Equal or ComparisonOperator.NotEqual;
        if (left.Type.IsNumber && right.Type.IsNumber)
        {
            return left.Type.SameAs(right.Type)
                ? new BoundComparison(comparison, left, right)
                : new BoundComparison(comparison, TypeRules.ToFloat(left), TypeRules.ToFloat(right));
        }

        bool comparable = left.Type.Kind == right.Type.Kind
            && (left.Type.IsOrdered || (equality && left.Type.Kind is TypeKind.Bool or TypeKind.Id));
        bool idAndInt = equality
            && (left.Type.Kind, right.Type.Kind) is (TypeKind.Id, TypeKind.Int) or (TypeKind.Int, TypeKind.Id);
        return comparable || idAndInt
            ? new BoundComparison(comparison, left, right)
            : WrongOperands(node, left, right);
    }

    private BoundExpression BindArithmetic(BinarySyntax node, BoundExpression left, BoundExpression right)
    {
        if (!left.Type.IsNumber || !right.Type.IsNumber)
        {
            return WrongOperands(node, left, right);
        }

        ArithmeticOperator sign = node.Operator - BinaryOperator.Add + ArithmeticOperator.Add;
        bool keepsDecimals = sign
            is ArithmeticOperator.Add or ArithmeticOperator.Subtract or ArithmeticOperator.Remainder;
        if (keepsDecimals)
        {
            (left, right) = rules.AdaptLiterals(left, right);
            if (rules.ScalesDiffer(left, right, node.Left, node.Right, node.Span))
            {
                return Error;
            }
        }

        bool stays = left.Type.SameAs(right.Type) && sign != ArithmeticOperator.Divide
            && (left.Type.Kind == TypeKind.Int || (left.Type.Kind == TypeKind.Decimal && keepsDecimals));
        if (!stays)
        {
            left = TypeRules.ToFloat(left);
            right = TypeRules.ToFloat(right);
        }

        bool optional = left.Type.Optional || right.Type.Optional
            || sign is ArithmeticOperator.Divide or ArithmeticOperator.Remainder;
        return new BoundArithmetic(sign, left, right, left.Type.With(optional));
    }

    private BoundExpression WrongOperands(BinarySyntax node, BoundExpression left, BoundExpression right)
    {
        string help = (left.Type.Kind, right.Type.Kind) is (TypeKind.Time, _) or (_, TypeKind.Time)
            && node.Operator is BinaryOperator.Add or BinaryOperator.Subtract
            ? "use seconds_between(a, b)"
            : "";
        return WrongType(
            node.Span,
            $"'{context.TextOf(node.Left)}' is {left.Type} and '{context.TextOf(node.Right)}' is {right.Type}, "
                + "which this operator does not take",
            help);
    }

    private BoundExpression WrongType(TextSpan span, string message, string help = "")
    {
        context.Diagnostics.WrongType(span, message, help);
        return Error;
    }
}
