using System.Collections.Immutable;

namespace Serving.Features.Syntax;

/// <summary>Parses <c>request</c> and <c>event</c> declarations.</summary>
internal sealed class EventParser(TokenReader tokens)
{
    public EventSyntax ParseEvent()
    {
        Token first = tokens.Take();
        NameSyntax name = tokens.ExpectName("a name");
        tokens.Expect(TokenKind.LeftBrace, "'{'");
        var fields = ImmutableArray.CreateBuilder<FieldSyntax>();
        while (tokens.Current.Kind != TokenKind.RightBrace)
        {
            fields.Add(ParseField());
        }

        tokens.Take();
        var options = ImmutableArray.CreateBuilder<EventOptionSyntax>();
        do
        {
            options.Add(ParseOption());
        }
        while (tokens.TryTake(TokenKind.Comma));
        tokens.Expect(TokenKind.Semicolon, "',' or ';'");
        return new EventSyntax(
            tokens.SpanFrom(first), first.Span, first.Is("request"), name, fields.ToImmutable(), options.ToImmutable());
    }

    private FieldSyntax ParseField()
    {
        Token first = tokens.Current;
        NameSyntax name = tokens.ExpectName("a field's name or '}'");
        tokens.Expect(TokenKind.Colon, "':' and a type");
        TypeSyntax type = ParseType(allowList: true);
        tokens.Expect(TokenKind.Semicolon, "';' after the field");
        return new FieldSyntax(tokens.SpanFrom(first), name, type);
    }

    private TypeSyntax ParseType(bool allowList)
    {
        Token first = tokens.Current;
        TypeSyntax? element = null;
        Token? number = null;
        switch (first)
        {
            case { Kind: TokenKind.Name, Text: "bool" or "int" or "float" or "string" or "time" }:
                tokens.Take();
                break;
            case { Kind: TokenKind.Name, Text: "decimal" }:
                tokens.Take();
                tokens.Expect(TokenKind.LeftParen, "'(' and the number of fractional digits");
                number = tokens.Expect(TokenKind.Integer, "the number of fractional digits, 0 to 9");
                tokens.Expect(TokenKind.RightParen, "')'");
                break;
            case { Kind: TokenKind.Name, Text: "list" } when allowList:
                tokens.Take();
                tokens.Expect(TokenKind.LeftParen, "'(', the elements' type and the greatest length");
                element = ParseType(allowList: false);
                tokens.Expect(TokenKind.Comma, "',' and the greatest length");
                number = tokens.Expect(TokenKind.Integer, "the greatest length");
                tokens.Expect(TokenKind.RightParen, "')'");
                break;
            default:
                throw tokens.Unexpected("a type: bool, int, float, string, time, decimal(s) or list(type, n)");
        }

        bool optional = tokens.TryTake(TokenKind.Question);
        return new TypeSyntax(tokens.SpanFrom(first), first.Text, element, number, optional);
    }

    private EventOptionSyntax ParseOption()
    {
        Token first = tokens.Current;
        switch (first)
        {
            case { Kind: TokenKind.Name, Text: "id" or "time" or "known" }:
                tokens.Take();
                NameSyntax field = tokens.ExpectName("the name of a field");
                return new EventOptionSyntax(tokens.SpanFrom(first), first.Text, field, null);
            case { Kind: TokenKind.Name, Text: "late" or "lag" }:
                tokens.Take();
                DurationSyntax duration = tokens.ExpectDuration();
                return new EventOptionSyntax(tokens.SpanFrom(first), first.Text, null, duration);
            default:
                throw tokens.Unexpected("id, time, known, late or lag");
        }
    }
}
