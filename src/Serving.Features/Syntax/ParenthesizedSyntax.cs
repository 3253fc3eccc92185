using Serving.Features.Text;

namespace Serving.Features.Syntax;

/// <summary>An expression in parentheses; kept so that the formatter puts back what was written.</summary>
internal sealed record ParenthesizedSyntax(TextSpan Span, ExpressionSyntax Inner) : ExpressionSyntax(Span);
