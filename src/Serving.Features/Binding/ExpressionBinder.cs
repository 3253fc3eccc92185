using Serving.Features.Binding.Tree;
using Serving.Features.Syntax;

namespace Serving.Features.Binding;

/// <summary>Binds expressions: spreads families, hands names, operators and calls on.</summary>
internal sealed class ExpressionBinder
{
    private readonly BindingContext _context;
    private readonly OperatorBinder _operators;
    private readonly FunctionBinder _functions;
    private readonly INameScope _scope;

    public ExpressionBinder(BindingContext context, INameScope scope)
    {
        _context = context;
        _scope = scope;
        var rules = new TypeRules(context);
        _operators = new OperatorBinder(context, rules);
        _functions = new FunctionBinder(context, rules, this);
    }

    public Family Bind(ExpressionSyntax node) => node switch
    {
        ParenthesizedSyntax inner => Bind(inner.Inner),
        LiteralSyntax literal => Family.Plain(Literals.Bind(literal, _context.Diagnostics)),
        ReferenceSyntax reference => _scope.BindReference(reference),
        UnarySyntax unary => Combine(unary, [Bind(unary.Operand)], values => _operators.BindUnary(unary, values[0])),
        BinarySyntax binary => Combine(
            binary,
            [Bind(binary.Left), Bind(binary.Right)],
            values => _operators.BindBinary(binary, values[0], values[1])),
        InSyntax contained => Combine(
            contained, [Bind(contained.Operand)], values => _operators.BindIn(contained, values[0])),
        IsMissingSyntax missing => Combine(
            missing, [Bind(missing.Operand)], values => _operators.BindIsMissing(missing, values[0])),
        ConditionalSyntax conditional => Combine(
            conditional,
            [Bind(conditional.Condition), Bind(conditional.Then), Bind(conditional.Else)],
            values => _operators.BindConditional(conditional, values[0], values[1], values[2])),
        CallSyntax { Over: not null } call => _scope.BindWindowCall(call),
        CallSyntax call => _functions.Bind(call),
        _ => throw new InvalidOperationException($"no binding for {node.GetType().Name}"),
    };

    /// <summary>
    /// Combines families element by element (R29): plain values go with every member, families of other spans are E052.
    /// </summary>
    public Family Combine(SyntaxNode node, ReadOnlySpan<Family> operands, Func<BoundExpression[], BoundExpression> make)
    {
        Family shape = operands.Length == 0 ? Family.Plain(Literals.OfInt(0)) : operands[0];
        foreach (Family operand in operands)
        {
            if (operand.HasError)
            {
                return Family.Error;
            }

            shape = shape.IsPlain ? operand : shape;
            if (!operand.IsPlain && !shape.Matches(operand))
            {
                _context.Diagnostics.FamiliesDiffer(
                    node.Span,
                    $"families differ: {shape.Describe()} and {operand.Describe()}",
                    "pick one, e.g. name[" + shape.Describe().Split(',')[0] + "]");
                return Family.Error;
            }
        }

        if (!_context.HasRoomFor(shape.Members.Length, node))
        {
            return Family.Error;
        }

        var members = new List<FamilyMember>();
        for (int index = 0; index < shape.Members.Length; index++)
        {
            var values = new BoundExpression[operands.Length];
            for (int operand = 0; operand < values.Length; operand++)
            {
                values[operand] = operands[operand].Members[operands[operand].IsPlain ? 0 : index].Value;
            }

            members.Add(shape.Members[index] with { Value = make(values) });
        }

        return new Family([.. members]);
    }
}
