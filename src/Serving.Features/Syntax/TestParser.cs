using System.Collections.Immutable;

namespace Serving.Features.Syntax;

/// <summary>Parses <c>test</c> blocks.</summary>
internal sealed class TestParser(TokenReader tokens, ExpressionParser expressions)
{
    public TestSyntax ParseTest()
    {
        Token first = tokens.Take();
        Token title = tokens.Expect(TokenKind.String, "the title of the test in quotes");
        tokens.Expect(TokenKind.LeftBrace, "'{'");
        var events = ImmutableArray.CreateBuilder<TestEventSyntax>();
        var expectations = ImmutableArray.CreateBuilder<ExpectationSyntax>();
        while (tokens.Current.Is("given") || tokens.Current.Is("when"))
        {
            events.Add(ParseEvent());
        }

        while (tokens.Current.Is("expect"))
        {
            expectations.Add(ParseExpectation());
        }

        tokens.Expect(TokenKind.RightBrace, expectations.Count == 0 ? "given, when, expect or '}'" : "expect or '}'");
        return new TestSyntax(
            tokens.SpanFrom(first), first.Span, title, events.ToImmutable(), expectations.ToImmutable());
    }

    private TestEventSyntax ParseEvent()
    {
        Token first = tokens.Take();
        NameSyntax source = tokens.ExpectName("the name of an event");
        tokens.Expect(TokenKind.LeftBrace, "'{'");
        var values = ImmutableArray.CreateBuilder<RecordValueSyntax>();
        do
        {
            values.Add(ParseValue());
        }
        while (tokens.TryTake(TokenKind.Comma));
        tokens.Expect(TokenKind.RightBrace, "',' or '}'");
        tokens.Expect(TokenKind.Semicolon, "';'");
        return new TestEventSyntax(tokens.SpanFrom(first), first.Is("when"), source, values.ToImmutable());
    }

    private RecordValueSyntax ParseValue()
    {
        Token first = tokens.Current;
        NameSyntax name = tokens.ExpectName("a field");
        tokens.Expect(TokenKind.Colon, "':'");
        if (!tokens.TryTake(TokenKind.LeftBracket))
        {
            LiteralSyntax literal = expressions.ParseLiteral();
            return new RecordValueSyntax(tokens.SpanFrom(first), name, literal, []);
        }

        var items = ImmutableArray.CreateBuilder<LiteralSyntax>();
        if (tokens.Current.Kind != TokenKind.RightBracket)
        {
            do
            {
                items.Add(expressions.ParseLiteral());
            }
            while (tokens.TryTake(TokenKind.Comma));
        }

        tokens.Expect(TokenKind.RightBracket, "',' or ']'");
        return new RecordValueSyntax(tokens.SpanFrom(first), name, null, items.ToImmutable());
    }

    private ExpectationSyntax ParseExpectation()
    {
        Token first = tokens.Take();
        NameSyntax name = tokens.ExpectName("the name of a feature");
        LiteralSyntax? value = null;
        if (tokens.TryTakeWord("is"))
        {
            tokens.ExpectWord("missing");
        }
        else
        {
            tokens.Expect(TokenKind.Equal, "'==' and a literal, or 'is missing'");
            value = expressions.ParseLiteral();
        }

        tokens.Expect(TokenKind.Semicolon, "';'");
        return new ExpectationSyntax(tokens.SpanFrom(first), name, value);
    }
}
