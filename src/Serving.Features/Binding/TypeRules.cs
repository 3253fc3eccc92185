using Serving.Features.Binding.Tree;
using Serving.Features.Syntax;
using Serving.Features.Text;
using Serving.Features.Types;

namespace Serving.Features.Binding;

/// <summary>How types meet: widening, literals beside decimals, joining branches (R8, R9, R19, R20).</summary>
internal sealed class TypeRules(BindingContext context)
{
    private readonly BindingContext _context = context;

    /// <summary>A number as float; constants are converted here and now.</summary>
    public static BoundExpression ToFloat(BoundExpression value) => value switch
    {
        { Type.Kind: TypeKind.Float } => value,
        BoundLiteral literal => Literals.AsFloat(literal),
        _ => new BoundConversion(value),
    };

    /// <summary>
    /// A literal beside a decimal becomes a decimal of its scale where its digits fit (R8), in either direction.
    /// </summary>
    public (BoundExpression Left, BoundExpression Right) AdaptLiterals(
        BoundExpression left, BoundExpression right) =>
        (Adapt(left, right.Type), Adapt(right, left.Type));

    /// <summary>Two decimals of different scale: E044 at the place; names the operands by their text.</summary>
    public bool ScalesDiffer(
        BoundExpression left, BoundExpression right, SyntaxNode leftNode, SyntaxNode rightNode, TextSpan place)
    {
        if (left.Type.Kind != TypeKind.Decimal || right.Type.Kind != TypeKind.Decimal
            || left.Type.Scale == right.Type.Scale)
        {
            return false;
        }

        bool leftIsCoarse = left.Type.Scale < right.Type.Scale;
        (BoundExpression coarse, SyntaxNode coarseNode) = leftIsCoarse ? (left, leftNode) : (right, rightNode);
        (BoundExpression fine, SyntaxNode fineNode) = leftIsCoarse ? (right, rightNode) : (left, leftNode);
        _context.Diagnostics.ScalesDiffer(
            place,
            _context.TextOf(coarseNode),
            coarse.Type.With(false).ToString(),
            _context.TextOf(fineNode),
            fine.Type.With(false).ToString(),
            fine.Type.Scale);
        return true;
    }

    /// <summary>
    /// Brings two branches to one type (R19): equal types, T with T?, int or decimal with float, literals adapted. Null
    /// after a reported error.
    /// </summary>
    public (BoundExpression Left, BoundExpression Right)? Join(
        BoundExpression left, BoundExpression right, SyntaxNode leftNode, SyntaxNode rightNode, TextSpan place)
    {
        (left, right) = AdaptLiterals(left, right);
        if (ScalesDiffer(left, right, leftNode, rightNode, place))
        {
            return null;
        }

        bool joinable = left.Type.Kind is not (TypeKind.Id or TypeKind.Digest or TypeKind.Duration)
            && !(left.Type.IsList && left.Type.Element is TypeKind.Id or TypeKind.Digest);
        if (joinable && left.Type.SameAs(right.Type))
        {
            return (left, right);
        }

        bool widens = left.Type.IsNumber && right.Type.IsNumber
            && (left.Type.Kind == TypeKind.Float || right.Type.Kind == TypeKind.Float);
        if (widens)
        {
            return (ToFloat(left), ToFloat(right));
        }

        _context.Diagnostics.WrongType(
            place,
            $"'{_context.TextOf(leftNode)}' is {left.Type} and '{_context.TextOf(rightNode)}' is {right.Type}; "
                + "both must have one type");
        return null;
    }

    private BoundExpression Adapt(BoundExpression value, ScriptType beside) =>
        value is BoundLiteral { Type.IsNumber: true } literal && beside.Kind == TypeKind.Decimal
            ? Literals.AsDecimal(literal, beside.Scale, _context.Diagnostics) ?? value
            : value;
}
