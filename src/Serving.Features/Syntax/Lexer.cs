using System.Globalization;
using System.Text;
using Serving.Features.Text;

namespace Serving.Features.Syntax;

/// <summary>
/// Splits a script into tokens (rules R1, R2, R4). Total: what fits no rule becomes a <see cref="TokenKind.Bad"/> token
/// with one diagnostic.
/// </summary>
internal sealed class Lexer(SourceText source, DiagnosticBag diagnostics)
{
    private const int NameLengthMax = 63;

    private readonly string _text = source.Text;
    private int _at;

    /// <summary>The comments met so far, in order.</summary>
    public List<Comment> Comments { get; } = [];

    /// <summary>All tokens, the last one <see cref="TokenKind.End"/>.</summary>
    public List<Token> ReadAll()
    {
        var tokens = new List<Token>();
        do
        {
            tokens.Add(Next());
        }
        while (tokens[^1].Kind != TokenKind.End);
        return tokens;
    }

    private char Peek(int ahead = 0) => _at + ahead < _text.Length ? _text[_at + ahead] : '\0';

    private Token Next()
    {
        SkipBlanks();
        if (_at >= _text.Length)
        {
            return new Token(TokenKind.End, new TextSpan(_text.Length, 0), "end of script");
        }

        char first = Peek();
        if (IsNameStart(first))
        {
            return ReadName();
        }

        if (char.IsAsciiDigit(first))
        {
            return LooksLikeTimestamp() ? ReadTimestamp() : ReadNumber();
        }

        return first == '"' ? ReadString() : ReadPunctuation();
    }

    private void SkipBlanks()
    {
        while (_at < _text.Length)
        {
            char next = _text[_at];
            if (next is ' ' or '\t' or '\r' or '\n')
            {
                _at++;
            }
            else if (next == '#')
            {
                int end = _text.IndexOf('\n', _at);
                end = end < 0 ? _text.Length : end;
                Comments.Add(new Comment(new TextSpan(_at, end - _at), _text[_at..end].TrimEnd()));
                _at = end;
            }
            else
            {
                return;
            }
        }
    }

    private static bool IsNameStart(char c) => c is '_' or (>= 'a' and <= 'z');

    private static bool IsNamePart(char c) => c == '_' || char.IsAsciiLetterOrDigit(c);

    private Token ReadName()
    {
        int start = _at;
        while (IsNamePart(Peek()))
        {
            _at++;
        }

        var span = new TextSpan(start, _at - start);
        if (span.Length > NameLengthMax)
        {
            diagnostics.NameTooLong(span, NameLengthMax);
        }

        return new Token(TokenKind.Name, span, _text[start.._at]);
    }

    private Token ReadNumber()
    {
        int start = _at;
        SkipDigits();
        if (TryReadUnit(start, out Token duration))
        {
            return duration;
        }

        bool real = false;
        if (Peek() == '.' && char.IsAsciiDigit(Peek(1)))
        {
            real = true;
            _at++;
            SkipDigits();
        }

        if (Peek() is 'e' or 'E' && IsExponent())
        {
            real = true;
            _at += Peek(1) is '+' or '-' ? 2 : 1;
            SkipDigits();
        }

        if (real && UnitLength() > 0)
        {
            _at += UnitLength();
            return Bad(start, "a whole number before a unit, such as 90s, 15m, 24h, 7d");
        }

        return new Token(
            real ? TokenKind.Real : TokenKind.Integer, new TextSpan(start, _at - start), _text[start.._at]);
    }

    private bool IsExponent() =>
        char.IsAsciiDigit(Peek(1)) || (Peek(1) is '+' or '-' && char.IsAsciiDigit(Peek(2)));

    private void SkipDigits()
    {
        while (char.IsAsciiDigit(Peek()))
        {
            _at++;
        }
    }

    // The longest unit that follows (R1); what stands behind it is another token: 1h30m are two durations.
    private int UnitLength() => (Peek(), Peek(1)) switch
    {
        ('m', 's') => 2,
        ('s' or 'm' or 'h' or 'd', _) => 1,
        _ => 0,
    };

    private bool TryReadUnit(int start, out Token duration)
    {
        duration = default;
        int length = UnitLength();
        long unit = (length, Peek()) switch
        {
            (2, _) => 1L,
            (_, 's') => 1000L,
            (_, 'm') => 60_000L,
            (_, 'h') => 3_600_000L,
            _ => 86_400_000L,
        };
        if (length == 0)
        {
            return false;
        }

        ReadOnlySpan<char> digits = _text.AsSpan(start, _at - start);
        _at += length;
        var span = new TextSpan(start, _at - start);
        Int128 milliseconds = long.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out long count)
            ? (Int128)count * unit
            : Int128.MaxValue;
        if (milliseconds > long.MaxValue / 4)
        {
            diagnostics.LiteralOutOfRange(span, "duration");
            milliseconds = 0;
        }

        duration = new Token(TokenKind.Duration, span, _text[start.._at], (long)milliseconds);
        return true;
    }

    private bool LooksLikeTimestamp()
    {
        const string Shape = "dddd-dd-ddT";
        for (int index = 0; index < Shape.Length; index++)
        {
            char c = Peek(index);
            if (Shape[index] == 'd' ? !char.IsAsciiDigit(c) : c != Shape[index])
            {
                return false;
            }
        }

        return true;
    }

    private Token ReadTimestamp()
    {
        int start = _at;
        while (char.IsAsciiLetterOrDigit(Peek()) || Peek() is ':' or '-' or '+'
            || (Peek() == '.' && char.IsAsciiDigit(Peek(1))))
        {
            _at++;
        }

        ReadOnlySpan<char> text = _text.AsSpan(start, _at - start);
        return TimestampText.TryParse(text, out long milliseconds)
            ? new Token(TokenKind.Timestamp, new TextSpan(start, _at - start), text.ToString(), milliseconds)
            : Bad(start, "a timestamp such as 2026-03-01T10:30:00Z or 2026-03-01T10:30:00.250+01:00");
    }

    private Token ReadString()
    {
        int start = _at++;
        while (Peek() is not ('"' or '\n' or '\r') && _at < _text.Length)
        {
            _at += Peek() == '\\' && _at + 1 < _text.Length && Peek(1) is not ('\n' or '\r') ? 2 : 1;
        }

        if (Peek() != '"')
        {
            return Bad(start, "a closing quote on the same line");
        }

        _at++;
        return JsonText.TryUnescape(_text.AsSpan(start + 1, _at - start - 2), out string value)
            ? new Token(TokenKind.String, new TextSpan(start, _at - start), value)
            : Bad(start, "a JSON string: escapes are \\\" \\\\ \\/ \\b \\f \\n \\r \\t \\uXXXX");
    }

    private Token ReadPunctuation()
    {
        int start = _at;
        (TokenKind kind, int length) = (Peek(), Peek(1)) switch
        {
            ('?', '?') => (TokenKind.Coalesce, 2),
            ('-', '>') => (TokenKind.Arrow, 2),
            ('=', '=') => (TokenKind.Equal, 2),
            ('!', '=') => (TokenKind.NotEqual, 2),
            ('<', '=') => (TokenKind.LessEqual, 2),
            ('>', '=') => (TokenKind.GreaterEqual, 2),
            ('<', _) => (TokenKind.Less, 1),
            ('>', _) => (TokenKind.Greater, 1),
            ('=', _) => (TokenKind.Assign, 1),
            ('{', _) => (TokenKind.LeftBrace, 1),
            ('}', _) => (TokenKind.RightBrace, 1),
            ('(', _) => (TokenKind.LeftParen, 1),
            (')', _) => (TokenKind.RightParen, 1),
            ('[', _) => (TokenKind.LeftBracket, 1),
            (']', _) => (TokenKind.RightBracket, 1),
            (',', _) => (TokenKind.Comma, 1),
            (';', _) => (TokenKind.Semicolon, 1),
            (':', _) => (TokenKind.Colon, 1),
            ('.', _) => (TokenKind.Dot, 1),
            ('?', _) => (TokenKind.Question, 1),
            ('+', _) => (TokenKind.Plus, 1),
            ('-', _) => (TokenKind.Minus, 1),
            ('*', _) => (TokenKind.Star, 1),
            ('/', _) => (TokenKind.Slash, 1),
            ('%', _) => (TokenKind.Percent, 1),
            _ => (TokenKind.Bad, 0),
        };
        if (kind != TokenKind.Bad)
        {
            _at += length;
            return new Token(kind, new TextSpan(start, length), _text.Substring(start, length));
        }

        _at += Rune.TryGetRuneAt(_text, start, out Rune rune) ? rune.Utf16SequenceLength : 1;
        return Bad(start, "a name (lower-case letter or _ first), a number, a string or an operator");
    }

    private Token Bad(int start, string expected)
    {
        var span = new TextSpan(start, _at - start);
        diagnostics.UnreadableToken(span, _text.Substring(span.Start, Math.Min(span.Length, 40)), expected);
        return new Token(TokenKind.Bad, span, _text.Substring(span.Start, span.Length));
    }
}
