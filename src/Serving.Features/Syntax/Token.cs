using Serving.Features.Text;

namespace Serving.Features.Syntax;

/// <summary>One token: where it stands and what it means.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Span">Where it stands.</param>
/// <param name="Text">Its letters; of a string its unescaped value.</param>
/// <param name="Value">Milliseconds of a duration or timestamp; 0 otherwise.</param>
internal readonly record struct Token(TokenKind Kind, TextSpan Span, string Text, long Value = 0)
{
    public bool Is(string word) => Kind == TokenKind.Name && Text == word;
}
