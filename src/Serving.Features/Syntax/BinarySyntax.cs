using Serving.Features.Text;

namespace Serving.Features.Syntax;

/// <summary>Two operands joined by an operator.</summary>
internal sealed record BinarySyntax(
    TextSpan Span, BinaryOperator Operator, ExpressionSyntax Left, ExpressionSyntax Right) : ExpressionSyntax(Span);
