using System.Text;
using Serving.Features.Syntax;

namespace Serving.Features.Formatting;

/// <summary>Writes expressions in canonical spacing; parentheses stay as they were written.</summary>
internal static class ExpressionText
{
    public static string Of(ExpressionSyntax node) => node switch
    {
        ParenthesizedSyntax inner => $"({Of(inner.Inner)})",
        LiteralSyntax literal => Of(literal),
        ReferenceSyntax reference => Of(reference),
        UnarySyntax unary => (unary.IsNot ? "not " : "-") + Of(unary.Operand),
        BinarySyntax binary => $"{Of(binary.Left)} {SignOf(binary.Operator)} {Of(binary.Right)}",
        InSyntax contained => $"{Of(contained.Operand)} in [{string.Join(", ", contained.Items.Select(Of))}]",
        IsMissingSyntax missing => $"{Of(missing.Operand)} is {(missing.IsNegated ? "not " : "")}missing",
        ConditionalSyntax conditional =>
            $"if {Of(conditional.Condition)} then {Of(conditional.Then)} else {Of(conditional.Else)}",
        CallSyntax call => Of(call),
        _ => throw new InvalidOperationException($"no text for {node.GetType().Name}"),
    };

    public static string Of(LiteralSyntax literal) => literal.Token.Kind == TokenKind.String
        ? JsonText.Quote(literal.Token.Text)
        : literal.NumberText;

    private static string Of(ReferenceSyntax node) =>
        (node.OfNow ? "now." : "") + node.Name.Text + (node.Pick is null ? "" : $"[{node.Pick.Text}]");

    private static string Of(CallSyntax call)
    {
        var text = new StringBuilder(call.Function.Text).Append('(');
        text.AppendJoin(", ", call.Arguments.Select(argument =>
            (argument.Name is null ? "" : argument.Name.Text + ": ") + Of(argument.Value)));
        if (call.Where is not null)
        {
            text.Append(call.Arguments.Length == 0 ? "" : " ").Append("where ").Append(Of(call.Where));
        }

        text.Append(')');
        if (call.Over is not null)
        {
            text.Append(" over ").Append(call.Over.Window.Text);
            text.Append(call.Over.Pick is null ? "" : $"[{call.Over.Pick.Text}]");
        }

        return text.ToString();
    }

    private static string SignOf(BinaryOperator sign) => sign switch
    {
        BinaryOperator.Or => "or",
        BinaryOperator.And => "and",
        BinaryOperator.Equal => "==",
        BinaryOperator.NotEqual => "!=",
        BinaryOperator.Less => "<",
        BinaryOperator.LessEqual => "<=",
        BinaryOperator.Greater => ">",
        BinaryOperator.GreaterEqual => ">=",
        BinaryOperator.Coalesce => "??",
        BinaryOperator.Add => "+",
        BinaryOperator.Subtract => "-",
        BinaryOperator.Multiply => "*",
        BinaryOperator.Divide => "/",
        _ => "%",
    };
}
