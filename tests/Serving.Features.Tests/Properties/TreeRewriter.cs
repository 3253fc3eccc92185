using Serving.Features.Binding.Tree;

namespace Serving.Features.Tests.Properties;

/// <summary>Copies a bound script with every expression and encoder changed by a rule, innermost first.</summary>
internal sealed class TreeRewriter
{
    public Func<BoundExpression, BoundExpression> Expression { get; init; } = node => node;

    public Func<BoundFeature, BoundEncoder, BoundEncoder> Encoder { get; init; } = (_, encoder) => encoder;

    public BoundScript Rewrite(BoundScript script) =>
        script with { Statements = [.. script.Statements.Select(Rewrite)] };

    private BoundStatement Rewrite(BoundStatement statement) => statement switch
    {
        BoundLet let => let with { Members = [.. let.Members.Select(member => (member.Cell, Rewrite(member.Value)))] },
        BoundFeature feature => feature with
        {
            Members =
            [
                .. feature.Members.Select(member => member with
                {
                    Value = Rewrite(member.Value),
                    Encoders = [.. member.Encoders.Select(encoder => Encoder(feature, encoder))],
                }),
            ],
        },
        _ => statement,
    };

    private BoundExpression Rewrite(BoundExpression node) => Expression(node switch
    {
        BoundCall call => call with { Arguments = [.. call.Arguments.Select(Rewrite)] },
        BoundArithmetic arithmetic =>
            arithmetic with { Left = Rewrite(arithmetic.Left), Right = Rewrite(arithmetic.Right) },
        BoundComparison comparison =>
            comparison with { Left = Rewrite(comparison.Left), Right = Rewrite(comparison.Right) },
        BoundLogical logical => logical with { Left = Rewrite(logical.Left), Right = Rewrite(logical.Right) },
        BoundCoalesce coalesce => coalesce with { Left = Rewrite(coalesce.Left), Right = Rewrite(coalesce.Right) },
        BoundConditional conditional => conditional with
        {
            Condition = Rewrite(conditional.Condition),
            Then = Rewrite(conditional.Then),
            Else = Rewrite(conditional.Else),
        },
        BoundNegation negation => negation with { Operand = Rewrite(negation.Operand) },
        BoundConversion conversion => conversion with { Operand = Rewrite(conversion.Operand) },
        BoundNot not => not with { Operand = Rewrite(not.Operand) },
        BoundIsMissing test => test with { Operand = Rewrite(test.Operand) },
        BoundIn contained => contained with { Operand = Rewrite(contained.Operand) },
        BoundCross cross => cross with { Members = [.. cross.Members.Select(Rewrite)] },
        _ => node,
    });
}
