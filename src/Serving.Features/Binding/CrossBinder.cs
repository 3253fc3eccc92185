using Serving.Features.Binding.Tree;
using Serving.Features.Syntax;
using Serving.Features.Types;

namespace Serving.Features.Binding;

/// <summary>Binds <c>cross(...)</c> as the whole expression of a feature (R70 - R73).</summary>
internal sealed class CrossBinder(BindingContext context, ExpressionBinder expressions)
{
    /// <summary>
    /// The cross with seed 0: the seed is known only when each member's full name is, and is put in there.
    /// </summary>
    public Family Bind(CallSyntax call)
    {
        if (call.Arguments.Length == 0 || call.Where is not null || call.Over is not null
            || call.Arguments.Any(argument => argument.Name is not null))
        {
            context.Diagnostics.WrongArguments(
                call.Span, "cross takes two or more values", "e.g. cross(mcc, hour(at))");
            return Family.Error;
        }

        Family[] members = [.. call.Arguments.Select(argument => expressions.Bind(argument.Value))];
        return expressions.Combine(call, members, values => BindMembers(call, values));
    }

    private BoundExpression BindMembers(CallSyntax call, BoundExpression[] values)
    {
        BoundExpression error = Family.Error.Members[0].Value;
        bool fits = true;
        for (int index = 0; index < values.Length; index++)
        {
            fits &= Fits(call.Arguments[index], values[index].Type);
        }

        if (!fits)
        {
            return error;
        }

        BoundExpression[] lists = [.. values.Where(value => value.Type.IsList)];
        if (lists.Length > 1)
        {
            context.Diagnostics.WrongArguments(call.Span, "cross takes at most one list");
            return error;
        }

        bool optional = values.Any(value => value.Type.Optional);
        ScriptType type = lists.Length == 0
            ? ScriptType.Digest
            : ScriptType.ListOf(TypeKind.Digest, lists[0].Type.ListMaximum);
        return new BoundCross([.. values], 0, type.With(optional));
    }

    private bool Fits(ArgumentSyntax argument, ScriptType type)
    {
        TypeKind kind = type.IsList ? type.Element : type.Kind;
        if (kind is TypeKind.Float or TypeKind.Decimal)
        {
            context.Diagnostics.FloatInCross(argument.Span, type.ToString());
            return false;
        }

        if (kind is TypeKind.String or TypeKind.Int or TypeKind.Bool or TypeKind.Time or TypeKind.Id)
        {
            return true;
        }

        context.Diagnostics.WrongType(
            argument.Span, $"cross takes strings, ints, bools, times and encoded features, not {type}");
        return false;
    }
}
