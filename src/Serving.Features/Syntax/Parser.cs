using System.Collections.Immutable;
using Serving.Features.Text;

namespace Serving.Features.Syntax;

/// <summary>
/// Parses a script (grammar 3.1). Collects all errors: one per declaration that does not fit, then goes on with the
/// next. Total on any text.
/// </summary>
internal sealed class Parser
{
    private readonly TokenReader _tokens;
    private readonly ExpressionParser _expressions;
    private readonly EventParser _events;
    private readonly TestParser _tests;
    private readonly List<Comment> _comments;

    private Parser(SourceText source, DiagnosticBag diagnostics)
    {
        var lexer = new Lexer(source, diagnostics);
        _tokens = new TokenReader(lexer.ReadAll(), diagnostics);
        _comments = lexer.Comments;
        _expressions = new ExpressionParser(_tokens, diagnostics);
        _events = new EventParser(_tokens);
        _tests = new TestParser(_tokens, _expressions);
    }

    /// <summary>The tree, or null where the head of the script does not fit.</summary>
    public static ScriptSyntax? Parse(SourceText source, DiagnosticBag diagnostics) =>
        new Parser(source, diagnostics).ParseScript();

    /// <summary>The tree of a text that is one expression, or null after a reported error.</summary>
    public static ExpressionSyntax? ParseExpression(SourceText source, DiagnosticBag diagnostics)
    {
        var parser = new Parser(source, diagnostics);
        try
        {
            ExpressionSyntax value = parser._expressions.ParseExpression();
            return parser._tokens.Current.Kind == TokenKind.End
                ? value
                : throw parser._tokens.Unexpected("the end of the expression");
        }
        catch (SyntaxErrorException)
        {
            return null;
        }
    }

    private ScriptSyntax? ParseScript()
    {
        Token first = _tokens.Current;
        try
        {
            _tokens.ExpectWord("features");
            NameSyntax name = _tokens.ExpectName("the name of the feature set");
            Token version = _tokens.Expect(TokenKind.Integer, "the version, a whole number");
            Token? zone = null;
            if (_tokens.TryTakeWord("zone"))
            {
                zone = _tokens.Expect(TokenKind.String, "a time zone such as \"Europe/Berlin\"");
            }

            _tokens.Expect(TokenKind.Semicolon, "';'");
            ImmutableArray<DeclarationSyntax> declarations = ParseDeclarations();
            return new ScriptSyntax(_tokens.SpanFrom(first), name, version, zone, declarations, [.. _comments]);
        }
        catch (SyntaxErrorException)
        {
            return null;
        }
    }

    private ImmutableArray<DeclarationSyntax> ParseDeclarations()
    {
        var declarations = ImmutableArray.CreateBuilder<DeclarationSyntax>();
        while (_tokens.Current.Kind != TokenKind.End)
        {
            try
            {
                declarations.Add(ParseDeclaration());
            }
            catch (SyntaxErrorException)
            {
                _expressions.ResetDepth();
                _tokens.SkipToNextDeclaration();
            }
        }

        return declarations.ToImmutable();
    }

    private DeclarationSyntax ParseDeclaration() => _tokens.Current switch
    {
        { Kind: TokenKind.Name, Text: "request" or "event" } => _events.ParseEvent(),
        { Kind: TokenKind.Name, Text: "let" } => ParseLet(),
        { Kind: TokenKind.Name, Text: "window" } => ParseWindow(),
        { Kind: TokenKind.Name, Text: "feature" } => ParseFeature(),
        { Kind: TokenKind.Name, Text: "label" } => ParseLabel(),
        { Kind: TokenKind.Name, Text: "test" } => _tests.ParseTest(),
        _ => throw _tokens.Unexpected("request, event, let, window, feature, label or test"),
    };

    private LetSyntax ParseLet()
    {
        Token first = _tokens.Take();
        NameSyntax name = _tokens.ExpectName("a name");
        _tokens.Expect(TokenKind.Assign, "'='");
        ExpressionSyntax value = _expressions.ParseExpression();
        _tokens.Expect(TokenKind.Semicolon, "';' or an operator");
        return new LetSyntax(_tokens.SpanFrom(first), first.Span, name, value);
    }

    private WindowSyntax ParseWindow()
    {
        Token first = _tokens.Take();
        NameSyntax name = _tokens.ExpectName("a name");
        _tokens.Expect(TokenKind.Assign, "'='");
        NameSyntax source = _tokens.ExpectName("the name of an event");
        _tokens.ExpectWord("by");
        ImmutableArray<NameSyntax> keys = ParseKeys();
        _tokens.ExpectWord("last");
        ImmutableArray<DurationSyntax> spans = _tokens.TryTakeWord("lifetime") ? [] : ParseSpans();
        DurationSyntax? step = _tokens.TryTakeWord("step") ? _tokens.ExpectDuration() : null;
        DurationSyntax? delay = _tokens.TryTakeWord("delay") ? _tokens.ExpectDuration() : null;
        ExpressionSyntax? where = _tokens.TryTakeWord("where") ? _expressions.ParseExpression() : null;
        Token? keep = _tokens.TryTakeWord("keep") ? _tokens.Expect(TokenKind.Integer, "a number of events") : null;
        _tokens.Expect(TokenKind.Semicolon, "step, delay, where, keep (in this order) or ';'");
        return new WindowSyntax(
            _tokens.SpanFrom(first), first.Span, name, source, keys, spans, step, delay, where, keep);
    }

    private ImmutableArray<NameSyntax> ParseKeys()
    {
        if (!_tokens.TryTake(TokenKind.LeftParen))
        {
            return [_tokens.ExpectName("a key field, or several in parentheses")];
        }

        var keys = ImmutableArray.CreateBuilder<NameSyntax>();
        do
        {
            keys.Add(_tokens.ExpectName("a key field"));
        }
        while (_tokens.TryTake(TokenKind.Comma));
        _tokens.Expect(TokenKind.RightParen, "',' or ')'");
        return keys.ToImmutable();
    }

    private ImmutableArray<DurationSyntax> ParseSpans()
    {
        var spans = ImmutableArray.CreateBuilder<DurationSyntax>();
        do
        {
            spans.Add(_tokens.ExpectDuration());
        }
        while (_tokens.TryTake(TokenKind.Comma));
        return spans.ToImmutable();
    }

    private FeatureSyntax ParseFeature()
    {
        Token first = _tokens.Take();
        NameSyntax name = _tokens.ExpectName("a name");
        _tokens.Expect(TokenKind.Assign, "'='");
        ExpressionSyntax value = _expressions.ParseExpression();
        var encoders = ImmutableArray.CreateBuilder<EncoderSyntax>();
        while (_tokens.TryTake(TokenKind.Arrow))
        {
            encoders.Add(ParseEncoder());
        }

        _tokens.Expect(TokenKind.Semicolon, "'->', ';' or an operator");
        return new FeatureSyntax(_tokens.SpanFrom(first), first.Span, name, value, encoders.ToImmutable());
    }

    private EncoderSyntax ParseEncoder()
    {
        Token first = _tokens.Current;
        NameSyntax name = _tokens.ExpectName("the name of an encoder");
        var arguments = ImmutableArray.CreateBuilder<EncoderArgumentSyntax>();
        if (_tokens.TryTake(TokenKind.LeftParen))
        {
            do
            {
                arguments.Add(ParseEncoderArgument());
            }
            while (_tokens.TryTake(TokenKind.Comma));
            _tokens.Expect(TokenKind.RightParen, "',' or ')'");
        }

        return new EncoderSyntax(_tokens.SpanFrom(first), name, arguments.ToImmutable());
    }

    private EncoderArgumentSyntax ParseEncoderArgument()
    {
        Token first = _tokens.Current;
        NameSyntax? name = null;
        if (first.Kind == TokenKind.Name && _tokens.Peek(1).Kind == TokenKind.Colon)
        {
            name = _tokens.ExpectName("a name");
            _tokens.Take();
        }

        bool negative = _tokens.TryTake(TokenKind.Minus);
        Token value = _tokens.Current;
        bool fits = value.Kind is TokenKind.Integer or TokenKind.Real
            || (!negative && value.Kind is TokenKind.Name or TokenKind.Duration or TokenKind.String);
        if (!fits)
        {
            throw _tokens.Unexpected("a number, a word, a duration or a string");
        }

        _tokens.Take();
        return new EncoderArgumentSyntax(_tokens.SpanFrom(first), name, value, negative);
    }

    private LabelSyntax ParseLabel()
    {
        Token first = _tokens.Take();
        NameSyntax name = _tokens.ExpectName("a name");
        _tokens.Expect(TokenKind.Assign, "'='");
        bool any = _tokens.Current.Is("any") && _tokens.Peek(1).Kind == TokenKind.LeftParen
            && _tokens.Peek(2).Kind == TokenKind.Name
            && (_tokens.Peek(3).Is("where")
                || (_tokens.Peek(3).Kind == TokenKind.RightParen && _tokens.Peek(4).Is("on")));
        AnyLabelSyntax? anyLabel = any ? ParseAnyLabel() : null;
        ExpressionSyntax? value = any ? null : _expressions.ParseExpression();
        _tokens.Expect(TokenKind.Semicolon, "';'");
        return new LabelSyntax(_tokens.SpanFrom(first), first.Span, name, value, anyLabel);
    }

    private AnyLabelSyntax ParseAnyLabel()
    {
        Token first = _tokens.Take();
        _tokens.Take();
        NameSyntax source = _tokens.ExpectName("the name of an event");
        ExpressionSyntax? where = _tokens.TryTakeWord("where") ? _expressions.ParseExpression() : null;
        _tokens.Expect(TokenKind.RightParen, "')'");
        _tokens.ExpectWord("on");
        NameSyntax eventField = _tokens.ExpectName("a field of the event");
        _tokens.Expect(TokenKind.Equal, "'=='");
        NameSyntax requestField = _tokens.ExpectName("a field of the request");
        _tokens.ExpectWord("within");
        DurationSyntax within = _tokens.ExpectDuration();
        return new AnyLabelSyntax(_tokens.SpanFrom(first), source, where, eventField, requestField, within);
    }
}
