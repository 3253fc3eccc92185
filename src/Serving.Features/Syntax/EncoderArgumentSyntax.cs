using Serving.Features.Text;

namespace Serving.Features.Syntax;

/// <summary>An argument of an encoder: a number (with its minus), a word, a duration or a string.</summary>
internal sealed record EncoderArgumentSyntax(TextSpan Span, NameSyntax? Name, Token Value, bool IsNegative)
    : SyntaxNode(Span)
{
    public string NumberText => IsNegative ? "-" + Value.Text : Value.Text;
}
