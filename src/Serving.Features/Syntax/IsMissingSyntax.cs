using Serving.Features.Text;

namespace Serving.Features.Syntax;

/// <summary><c>x is missing</c> or <c>x is not missing</c>.</summary>
internal sealed record IsMissingSyntax(
    TextSpan Span, ExpressionSyntax Operand, bool IsNegated) : ExpressionSyntax(Span);
