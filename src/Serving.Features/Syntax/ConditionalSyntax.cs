using Serving.Features.Text;

namespace Serving.Features.Syntax;

/// <summary><c>if c then a else b</c>.</summary>
internal sealed record ConditionalSyntax(
    TextSpan Span, ExpressionSyntax Condition, ExpressionSyntax Then, ExpressionSyntax Else) : ExpressionSyntax(Span);
