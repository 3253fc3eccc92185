using Serving.Features.Text;

namespace Serving.Features.Syntax;

/// <summary>A declaration of a script.</summary>
/// <param name="Span">From its first word to its last token.</param>
/// <param name="Keyword">Its first word, where R100 places most errors.</param>
internal abstract record DeclarationSyntax(TextSpan Span, TextSpan Keyword) : SyntaxNode(Span);
