using Serving.Features.Text;

namespace Serving.Features.Syntax;

/// <summary>A number, string, true, false, timestamp or duration; a number carries its minus (R5).</summary>
/// <param name="Span">From the minus, if any.</param>
/// <param name="Token">The literal without its minus; true and false are names.</param>
/// <param name="IsNegative">Whether a minus stands before a number.</param>
internal sealed record LiteralSyntax(TextSpan Span, Token Token, bool IsNegative) : ExpressionSyntax(Span)
{
    /// <summary>The digits with their minus.</summary>
    public string NumberText => IsNegative ? "-" + Token.Text : Token.Text;

    public bool IsNumber => Token.Kind is TokenKind.Integer or TokenKind.Real;
}
