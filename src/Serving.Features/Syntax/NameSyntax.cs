using Serving.Features.Text;

namespace Serving.Features.Syntax;

/// <summary>A name where it is declared or listed.</summary>
internal sealed record NameSyntax(TextSpan Span, string Text) : SyntaxNode(Span);
