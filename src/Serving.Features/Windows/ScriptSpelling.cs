using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Serving.Data.Cells;
using Serving.Features.Binding.Tree;
using Serving.Features.Types;

namespace Serving.Features.Windows;

/// <summary>
/// Spells an expression over an event as a script writes it, for people: <c>country == "DE" and amount > 5.00</c>.
/// Conversions that the language makes by itself are left out, so that two texts can be equal where
/// <see cref="Binding.CanonicalText"/> is not.
/// </summary>
internal static class ScriptSpelling
{
    private static readonly JavaScriptEncoder s_quoting = JavaScriptEncoder.UnsafeRelaxedJsonEscaping;

    // How tightly an expression binds; operands that bind less stand in parentheses.
    private enum Level
    {
        Choice,
        Or,
        And,
        Not,
        Comparison,
        Coalesce,
        Sum,
        Product,
        Unary,
        Primary,
    }

    /// <summary>The text of an expression.</summary>
    public static string Of(BoundExpression node) => node switch
    {
        BoundField field => field.Name,
        BoundNowField field => $"now.{field.Name}",
        BoundLiteral literal => Literal(literal),
        BoundConversion conversion => Of(conversion.Operand),
        BoundNegation or BoundNot or BoundIsMissing => Unary(node),
        BoundIn list => $"{Within(list.Operand, Level.Coalesce)} in [{string.Join(", ", list.Items.Select(Literal))}]",
        BoundArithmetic sum => Binary(sum.Left, SignOf(sum.Operator), sum.Right, LevelOf(sum)),
        BoundComparison test =>
            $"{Within(test.Left, Level.Coalesce)} {SignOf(test.Operator)} {Within(test.Right, Level.Coalesce)}",
        BoundLogical logical => Binary(logical.Left, logical.IsAnd ? "and" : "or", logical.Right, LevelOf(logical)),
        BoundCoalesce coalesce => Binary(coalesce.Left, "??", coalesce.Right, Level.Coalesce),
        BoundConditional choice => $"if {Of(choice.Condition)} then {Of(choice.Then)} else {Of(choice.Else)}",
        BoundCall call => Call(call),
        _ => throw new InvalidOperationException($"{node.GetType().Name} cannot stand over an event"),
    };

    private static string Unary(BoundExpression node) => node switch
    {
        BoundNegation negation => $"-{Within(negation.Operand, Level.Primary)}",
        BoundNot not => $"not {Within(not.Operand, Level.Comparison)}",
        _ => $"{Within(((BoundIsMissing)node).Operand, Level.Coalesce)} is "
            + (((BoundIsMissing)node).IsNegated ? "not missing" : "missing"),
    };

    private static string Binary(BoundExpression left, string sign, BoundExpression right, Level level) =>
        $"{Within(left, level)} {sign} {Within(right, level + 1)}";

    private static string Within(BoundExpression node, Level least) =>
        LevelOf(node) < least ? $"({Of(node)})" : Of(node);

    private static Level LevelOf(BoundExpression node) => node switch
    {
        BoundConversion conversion => LevelOf(conversion.Operand),
        BoundConditional => Level.Choice,
        BoundLogical logical => logical.IsAnd ? Level.And : Level.Or,
        BoundNot => Level.Not,
        BoundComparison or BoundIn or BoundIsMissing => Level.Comparison,
        BoundCoalesce => Level.Coalesce,
        BoundArithmetic { Operator: ArithmeticOperator.Add or ArithmeticOperator.Subtract } => Level.Sum,
        BoundArithmetic => Level.Product,
        BoundNegation => Level.Unary,
        _ => Level.Primary,
    };

    private static string SignOf(ArithmeticOperator sign) => sign switch
    {
        ArithmeticOperator.Add => "+",
        ArithmeticOperator.Subtract => "-",
        ArithmeticOperator.Multiply => "*",
        ArithmeticOperator.Divide => "/",
        _ => "%",
    };

    private static string SignOf(ComparisonOperator sign) => sign switch
    {
        ComparisonOperator.Equal => "==",
        ComparisonOperator.NotEqual => "!=",
        ComparisonOperator.Less => "<",
        ComparisonOperator.LessEqual => "<=",
        ComparisonOperator.Greater => ">",
        _ => ">=",
    };

    private static string Literal(BoundLiteral literal)
    {
        if (literal.NumberText is { } digits)
        {
            return digits;
        }

        if (literal.Type.Kind == TypeKind.String)
        {
            return Quoted(Encoding.UTF8.GetString(literal.Text.AsSpan()));
        }

        Span<byte> bytes = stackalloc byte[CellWriter.ScalarBytesMax];
        string text = Encoding.UTF8.GetString(
            bytes[..CellWriter.WriteScalar(bytes, literal.Type.ToFieldType(), literal.Slot)]);
        return literal.Type.Kind == TypeKind.Time ? Quoted(text) : text;
    }

    private static string Quoted(string text) => $"\"{JsonEncodedText.Encode(text, s_quoting)}\"";

    private static string Call(BoundCall call)
    {
        List<string> arguments = [.. call.Arguments.Select(Of)];
        switch (call.Function)
        {
            case ScalarFunction.Decimal or ScalarFunction.Prefix:
                arguments.Add(call.Parameter1.ToString(CultureInfo.InvariantCulture));
                break;
            case ScalarFunction.Part:
                arguments.Add(Quoted(Encoding.UTF8.GetString(call.TextParameter.AsSpan())));
                arguments.Add(call.Parameter1.ToString(CultureInfo.InvariantCulture));
                arguments.Add(call.Parameter2.ToString(CultureInfo.InvariantCulture));
                break;
            case ScalarFunction.Smooth:
                arguments[2] = $"prior: {arguments[2]}";
                arguments[3] = $"weight: {arguments[3]}";
                break;
            default:
                break;
        }

        return $"{NameOf(call.Function)}({string.Join(", ", arguments)})";
    }

    // Capitals begin a new word: SecondsBetween is seconds_between.
    private static string NameOf(ScalarFunction function) => string.Concat(function.ToString().Select(
        (letter, place) => char.IsUpper(letter) && place > 0
            ? $"_{char.ToLowerInvariant(letter)}"
            : char.ToLowerInvariant(letter).ToString()));
}
