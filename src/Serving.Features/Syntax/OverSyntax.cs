using Serving.Features.Text;

namespace Serving.Features.Syntax;

/// <summary><c>over window</c> or <c>over window[7d]</c>.</summary>
internal sealed record OverSyntax(TextSpan Span, NameSyntax Window, DurationSyntax? Pick) : SyntaxNode(Span);
