using Serving.Data.Windows;
using Serving.Features.Binding.Tree;
using Serving.Features.Syntax;
using Serving.Features.Types;

namespace Serving.Features.Binding;

/// <summary>Binds what is written over the fields of a past event: conditions and arguments (R31).</summary>
internal sealed class ConditionBinder(BindingContext context)
{
    /// <summary>
    /// A condition: one bool that is never missing (E031 at its first token). Null after a reported error.
    /// </summary>
    public BoundExpression? BindWhere(ExpressionSyntax node, EventDeclaration source, string? refusalOfNow)
    {
        if (BindValue(node, source, refusalOfNow) is not { } bound)
        {
            return null;
        }

        if (bound.Type.Kind != TypeKind.Bool)
        {
            context.Diagnostics.WrongType(
                node.Span, $"the condition '{context.TextOf(node)}' is {bound.Type}, not bool");
            return null;
        }

        return IsAlwaysPresent(node, bound) ? bound : null;
    }

    /// <summary>One value, no family. Null after a reported error.</summary>
    public BoundExpression? BindValue(ExpressionSyntax node, EventDeclaration source, string? refusalOfNow)
    {
        var scope = new EventScope(context, source, refusalOfNow);
        Family family = new ExpressionBinder(context, scope).Bind(node);
        if (family.HasError)
        {
            return null;
        }

        if (!family.IsPlain)
        {
            context.Diagnostics.FamiliesDiffer(
                node.Span, $"'{context.TextOf(node)}' is a family, and one value is expected", "");
            return null;
        }

        return family.Members[0].Value;
    }

    /// <summary>Reports E031 at a condition that may be missing.</summary>
    public bool IsAlwaysPresent(ExpressionSyntax node, BoundExpression bound)
    {
        if (bound.Type.Optional)
        {
            context.Diagnostics.MayBeMissing(node.Span, OptionalCause.Of(bound), context.TextOf(node));
        }

        return !bound.Type.Optional;
    }

    /// <summary>Whether a condition names fields of the request.</summary>
    public static bool ReadsNow(BoundExpression? condition) =>
        condition is not null && BoundChildren.WithDescendants(condition).Any(node => node is BoundNowField);
}
