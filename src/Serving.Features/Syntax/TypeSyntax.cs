using Serving.Features.Text;

namespace Serving.Features.Syntax;

/// <summary>
/// A type as written: <c>name</c>, <c>decimal(number)</c>, <c>list(element, number)</c>, each with <c>?</c>.
/// </summary>
internal sealed record TypeSyntax(TextSpan Span, string Name, TypeSyntax? Element, Token? Number, bool Optional)
    : SyntaxNode(Span);
