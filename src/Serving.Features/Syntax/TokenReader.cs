using Serving.Features.Text;

namespace Serving.Features.Syntax;

/// <summary>Walks over tokens: looks ahead, takes what is expected, reports what does not fit (E001).</summary>
internal sealed class TokenReader(List<Token> tokens, DiagnosticBag diagnostics)
{
    private int _at;

    /// <summary>The token to be read next.</summary>
    public Token Current => tokens[_at];

    /// <summary>The token read last; the first token before any was.</summary>
    public Token Previous => tokens[Math.Max(0, _at - 1)];

    public Token Peek(int ahead) => tokens[Math.Min(_at + ahead, tokens.Count - 1)];

    public Token Take()
    {
        Token token = tokens[_at];
        if (token.Kind != TokenKind.End)
        {
            _at++;
        }

        return token;
    }

    public bool TryTake(TokenKind kind)
    {
        if (Current.Kind != kind)
        {
            return false;
        }

        Take();
        return true;
    }

    public bool TryTakeWord(string word)
    {
        if (!Current.Is(word))
        {
            return false;
        }

        Take();
        return true;
    }

    public Token Expect(TokenKind kind, string expected)
    {
        if (Current.Kind != kind)
        {
            throw Unexpected(expected);
        }

        return Take();
    }

    public Token ExpectWord(string word)
    {
        if (!Current.Is(word))
        {
            throw Unexpected($"'{word}'");
        }

        return Take();
    }

    public NameSyntax ExpectName(string expected)
    {
        Token token = Expect(TokenKind.Name, expected);
        return new NameSyntax(token.Span, token.Text);
    }

    public DurationSyntax ExpectDuration()
    {
        Token token = Expect(TokenKind.Duration, "a duration such as 15m, 24h or 7d");
        return new DurationSyntax(token.Span, token.Text, token.Value);
    }

    /// <summary>Reports the current token as not fitting; the exception leaves the declaration.</summary>
    public SyntaxErrorException Unexpected(string expected)
    {
        // The lexer has reported a bad token already.
        if (Current.Kind != TokenKind.Bad)
        {
            diagnostics.UnexpectedToken(Current, expected);
        }

        return new SyntaxErrorException();
    }

    /// <summary>
    /// After an error: goes on behind the next semicolon that is not inside braces, or at a declaration.
    /// </summary>
    public void SkipToNextDeclaration()
    {
        int depth = 0;
        while (Current.Kind != TokenKind.End)
        {
            Token token = Take();
            if (token.Kind == TokenKind.LeftBrace)
            {
                depth++;
            }
            else if (token.Kind == TokenKind.RightBrace)
            {
                depth--;
            }

            if (depth <= 0 && (token.Kind == TokenKind.Semicolon || LooksLikeDeclaration()))
            {
                return;
            }
        }
    }

    /// <summary>The span from a first token to the last one taken.</summary>
    public TextSpan SpanFrom(Token first) => first.Span.To(Previous.Span);

    // Fields and names may be called like declarations; a declaration word is followed by a name, or by a string.
    private bool LooksLikeDeclaration() =>
        Current.Kind == TokenKind.Name
        && Current.Text is "request" or "event" or "let" or "window" or "feature" or "label" or "test"
        && Peek(1).Kind is TokenKind.Name or TokenKind.String
        && (Peek(2).Kind is TokenKind.Assign or TokenKind.LeftBrace);
}
