using Serving.Features.Text;

namespace Serving.Features.Syntax;

/// <summary><c>let name = expr;</c>.</summary>
internal sealed record LetSyntax(TextSpan Span, TextSpan Keyword, NameSyntax Name, ExpressionSyntax Value)
    : DeclarationSyntax(Span, Keyword);
