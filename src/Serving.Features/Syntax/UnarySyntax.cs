using Serving.Features.Text;

namespace Serving.Features.Syntax;

/// <summary><c>-x</c> or <c>not x</c>.</summary>
internal sealed record UnarySyntax(TextSpan Span, bool IsNot, ExpressionSyntax Operand) : ExpressionSyntax(Span);
