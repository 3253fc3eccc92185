using Serving.Features.Binding.Tree;
using Serving.Features.Types;

namespace Serving.Features.Tests.Properties;

/// <summary>Counts what the drawn scripts have reached: nodes, operators by type, functions, encoders.</summary>
internal sealed class Coverage
{
    private readonly Dictionary<string, int> _counts = [];

    /// <summary>What every run must reach.</summary>
    public static IEnumerable<string> Wanted =>
    [
        .. Enum.GetValues<ScalarFunction>().Select(function => $"call {function}"),
        .. Enum.GetValues<EncoderKind>().Select(kind => $"encoder {kind}"),
        .. Enum.GetValues<ImputeMode>().Select(mode => $"impute {mode}"),
        .. Of("arithmetic", [TypeKind.Int], Enum.GetValues<ArithmeticOperator>().Except([ArithmeticOperator.Divide])),
        .. Of("arithmetic", [TypeKind.Float], Enum.GetValues<ArithmeticOperator>()),
        .. Of(
            "arithmetic",
            [TypeKind.Decimal],
            [ArithmeticOperator.Add, ArithmeticOperator.Subtract, ArithmeticOperator.Remainder]),
        .. Of("compare", Ordered, Enum.GetValues<ComparisonOperator>()),
        .. Of("compare", [TypeKind.Bool, TypeKind.Id], [ComparisonOperator.Equal, ComparisonOperator.NotEqual]),
        .. new[] { "negate Int", "negate Float", "negate Decimal", "convert Int", "convert Decimal", "and",
            "or", "not" },
        .. new[] { "is missing", "is not missing", "in float Int", "in float Decimal" },
        .. Scalars.SelectMany(kind =>
            new[] { $"coalesce {kind}", $"if {kind}", $"in {kind}", $"let {kind}", $"field {kind}" }),
        .. Scalars.SelectMany(kind => new[] { $"encode {kind} Hash", $"encode {kind} Vocab", $"encode {kind} Rate" }),
        .. Scalars.SelectMany(kind => new[] { $"elements {kind} Hash", $"elements {kind} Vocab" }),
        .. new[] { TypeKind.Bool, TypeKind.Int, TypeKind.String, TypeKind.Time, TypeKind.Id }.SelectMany(
            kind => new[] { $"cross {kind}", $"cross list {kind}" }),
        "in Id",
    ];

    private static TypeKind[] Ordered =>
        [TypeKind.Int, TypeKind.Float, TypeKind.Decimal, TypeKind.String, TypeKind.Time];

    private static TypeKind[] Scalars => [TypeKind.Bool, .. Ordered];

    /// <summary>What was wanted and never met.</summary>
    public IEnumerable<string> Missing => Wanted.Where(wanted => !_counts.ContainsKey(wanted));

    public void Add(FeatureScript script)
    {
        foreach (BoundStatement statement in script.Bound.Statements)
        {
            if (statement is BoundLet let)
            {
                Count($"let {let.Members[0].Cell.Type.Kind}");
                Walk(let.Members[0].Value);
            }
            else
            {
                Array.ForEach([.. ((BoundFeature)statement).Members], AddMember);
            }
        }
    }

    private static IEnumerable<string> Of<T>(string what, TypeKind[] kinds, IEnumerable<T> operators) =>
        kinds.SelectMany(kind => operators.Select(one => $"{what} {kind} {one}"));

    private void AddMember(BoundFeatureMember member)
    {
        Walk(member.Value);
        foreach (BoundEncoder encoder in member.Encoders)
        {
            Count($"encoder {encoder.Kind}");
            Count(encoder.Input.IsList
                ? $"elements {encoder.Input.Element} {encoder.Kind}"
                : $"encode {encoder.Input.Kind} {encoder.Kind}");
            if (encoder.Kind == EncoderKind.Impute)
            {
                Count($"impute {encoder.Impute}");
            }
        }
    }

    private void Walk(BoundExpression node)
    {
        Count(NameOf(node));
        switch (node)
        {
            case BoundIn contained:
                foreach (BoundLiteral item in contained.Items.Where(item => item.Type.Kind == TypeKind.Float))
                {
                    Count($"in float {contained.Operand.Type.Kind}");
                }

                break;
            case BoundCross cross:
                foreach (BoundExpression member in cross.Members)
                {
                    Count(member.Type.IsList ? $"cross list {member.Type.Element}" : $"cross {member.Type.Kind}");
                }

                break;
            default:
                break;
        }

        foreach (BoundExpression child in Children(node))
        {
            Walk(child);
        }
    }

    private static string NameOf(BoundExpression node) => node switch
    {
        BoundCall call => $"call {call.Function}",
        BoundArithmetic arithmetic => $"arithmetic {arithmetic.Type.Kind} {arithmetic.Operator}",
        BoundComparison comparison => $"compare {comparison.Left.Type.Kind} {comparison.Operator}",
        BoundNegation negation => $"negate {negation.Type.Kind}",
        BoundConversion conversion => $"convert {conversion.Operand.Type.Kind}",
        BoundLogical logical => logical.IsAnd ? "and" : "or",
        BoundNot => "not",
        BoundIsMissing test => test.IsNegated ? "is not missing" : "is missing",
        BoundCoalesce coalesce => $"coalesce {coalesce.Type.Kind}",
        BoundConditional conditional => $"if {conditional.Type.Kind}",
        BoundIn contained => $"in {contained.Operand.Type.Kind}",
        BoundField field => $"field {field.Type.Kind}",
        _ => node.GetType().Name,
    };

    private static IEnumerable<BoundExpression> Children(BoundExpression node) => node switch
    {
        BoundCall call => call.Arguments,
        BoundArithmetic arithmetic => [arithmetic.Left, arithmetic.Right],
        BoundComparison comparison => [comparison.Left, comparison.Right],
        BoundNegation negation => [negation.Operand],
        BoundConversion conversion => [conversion.Operand],
        BoundLogical logical => [logical.Left, logical.Right],
        BoundNot not => [not.Operand],
        BoundIsMissing test => [test.Operand],
        BoundCoalesce coalesce => [coalesce.Left, coalesce.Right],
        BoundConditional conditional => [conditional.Condition, conditional.Then, conditional.Else],
        BoundIn contained => [contained.Operand],
        BoundCross cross => cross.Members,
        _ => [],
    };

    private void Count(string what) => _counts[what] = _counts.GetValueOrDefault(what) + 1;
}
