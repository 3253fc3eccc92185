using Serving.Features.Text;

namespace Serving.Features.Syntax;

/// <summary><c>expect name == literal;</c>, or <c>is missing</c> without a literal.</summary>
internal sealed record ExpectationSyntax(TextSpan Span, NameSyntax Name, LiteralSyntax? Value) : SyntaxNode(Span);
