using System.Collections.Immutable;
using Serving.Features.Text;

namespace Serving.Features.Syntax;

/// <summary>Parses expressions by recursive descent, one method for each level of the grammar.</summary>
internal sealed class ExpressionParser(TokenReader tokens, DiagnosticBag diagnostics)
{
    /// <summary>
    /// Deepest nesting of an expression. Real scripts stay below 20; the bound keeps hostile text from using up the
    /// stack, here and in everything that walks the tree.
    /// </summary>
    public const int DepthMax = 128;

    /// <summary>Greatest height of a tree: a sum of this many terms is as high as it is long.</summary>
    public const int HeightMax = 400;

    private static readonly ImmutableHashSet<string> Reserved =
        ["if", "then", "else", "and", "or", "not", "in", "is", "where", "over", "true", "false", "missing", "now"];

    private int _depth;

    public ExpressionSyntax ParseExpression()
    {
        if (++_depth > DepthMax)
        {
            diagnostics.TooDeep(tokens.Current.Span, DepthMax);
            throw new SyntaxErrorException();
        }

        ExpressionSyntax result = tokens.Current.Is("if") ? ParseConditional() : ParseOr();
        _depth--;
        return result;
    }

    /// <summary>Forgets the nesting of a declaration that was left by an error.</summary>
    public void ResetDepth() => _depth = 0;

    public LiteralSyntax ParseLiteral()
    {
        Token first = tokens.Current;
        bool negative = first.Kind == TokenKind.Minus && IsNumber(tokens.Peek(1));
        if (negative)
        {
            tokens.Take();
        }

        Token token = tokens.Current;
        if (!IsLiteral(token))
        {
            throw tokens.Unexpected("a literal: a number, a string, true, false, a timestamp or a duration");
        }

        tokens.Take();
        return new LiteralSyntax(first.Span.To(token.Span), token, negative);
    }

    private static bool IsNumber(Token token) => token.Kind is TokenKind.Integer or TokenKind.Real;

    private static bool IsLiteral(Token token) =>
        token.Kind is TokenKind.Integer or TokenKind.Real or TokenKind.String
            or TokenKind.Timestamp or TokenKind.Duration
        || token.Is("true") || token.Is("false");

    private ConditionalSyntax ParseConditional()
    {
        Token first = tokens.ExpectWord("if");
        ExpressionSyntax condition = ParseExpression();
        tokens.ExpectWord("then");
        ExpressionSyntax then = ParseExpression();
        tokens.ExpectWord("else");
        ExpressionSyntax otherwise = ParseExpression();
        return new ConditionalSyntax(tokens.SpanFrom(first), condition, then, otherwise)
        {
            Depth = Above(Math.Max(condition.Depth, Math.Max(then.Depth, otherwise.Depth))),
        };
    }

    private ExpressionSyntax ParseOr()
    {
        ExpressionSyntax left = ParseAnd();
        while (tokens.TryTakeWord("or"))
        {
            left = Join(BinaryOperator.Or, left, ParseAnd());
        }

        return left;
    }

    private ExpressionSyntax ParseAnd()
    {
        ExpressionSyntax left = ParseNot();
        while (tokens.TryTakeWord("and"))
        {
            left = Join(BinaryOperator.And, left, ParseNot());
        }

        return left;
    }

    private ExpressionSyntax ParseNot()
    {
        Token first = tokens.Current;
        if (!tokens.TryTakeWord("not"))
        {
            return ParseComparison();
        }

        ExpressionSyntax operand = ParseComparison();
        return new UnarySyntax(first.Span.To(operand.Span), IsNot: true, operand) { Depth = Above(operand.Depth) };
    }

    private ExpressionSyntax ParseComparison()
    {
        ExpressionSyntax left = ParseCoalesce();
        if (ComparisonOf(tokens.Current.Kind) is { } comparison)
        {
            tokens.Take();
            return Join(comparison, left, ParseCoalesce());
        }

        if (tokens.TryTakeWord("in"))
        {
            return ParseIn(left);
        }

        if (tokens.TryTakeWord("is"))
        {
            bool negated = tokens.TryTakeWord("not");
            Token last = tokens.ExpectWord("missing");
            return new IsMissingSyntax(left.Span.To(last.Span), left, negated) { Depth = Above(left.Depth) };
        }

        return left;
    }

    private static BinaryOperator? ComparisonOf(TokenKind kind) => kind switch
    {
        TokenKind.Equal => BinaryOperator.Equal,
        TokenKind.NotEqual => BinaryOperator.NotEqual,
        TokenKind.Less => BinaryOperator.Less,
        TokenKind.LessEqual => BinaryOperator.LessEqual,
        TokenKind.Greater => BinaryOperator.Greater,
        TokenKind.GreaterEqual => BinaryOperator.GreaterEqual,
        _ => null,
    };

    private InSyntax ParseIn(ExpressionSyntax operand)
    {
        tokens.Expect(TokenKind.LeftBracket, "'[' and literals");
        var items = ImmutableArray.CreateBuilder<LiteralSyntax>();
        do
        {
            items.Add(ParseLiteral());
        }
        while (tokens.TryTake(TokenKind.Comma));
        Token last = tokens.Expect(TokenKind.RightBracket, "',' or ']'");
        return new InSyntax(operand.Span.To(last.Span), operand, items.ToImmutable()) { Depth = Above(operand.Depth) };
    }

    private ExpressionSyntax ParseCoalesce()
    {
        ExpressionSyntax left = ParseSum();
        while (tokens.TryTake(TokenKind.Coalesce))
        {
            left = Join(BinaryOperator.Coalesce, left, ParseSum());
        }

        return left;
    }

    private ExpressionSyntax ParseSum()
    {
        ExpressionSyntax left = ParseProduct();
        while (tokens.Current.Kind is TokenKind.Plus or TokenKind.Minus)
        {
            BinaryOperator sign = tokens.Take().Kind == TokenKind.Plus ? BinaryOperator.Add : BinaryOperator.Subtract;
            left = Join(sign, left, ParseProduct());
        }

        return left;
    }

    private ExpressionSyntax ParseProduct()
    {
        ExpressionSyntax left = ParseUnary();
        while (tokens.Current.Kind is TokenKind.Star or TokenKind.Slash or TokenKind.Percent)
        {
            BinaryOperator sign = tokens.Take().Kind switch
            {
                TokenKind.Star => BinaryOperator.Multiply,
                TokenKind.Slash => BinaryOperator.Divide,
                _ => BinaryOperator.Remainder,
            };
            left = Join(sign, left, ParseUnary());
        }

        return left;
    }

    private ExpressionSyntax ParseUnary()
    {
        Token first = tokens.Current;
        if (first.Kind != TokenKind.Minus || IsNumber(tokens.Peek(1)))
        {
            return ParsePrimary();
        }

        tokens.Take();
        ExpressionSyntax operand = ParsePrimary();
        return new UnarySyntax(first.Span.To(operand.Span), IsNot: false, operand) { Depth = Above(operand.Depth) };
    }

    private ExpressionSyntax ParsePrimary()
    {
        Token first = tokens.Current;
        if (first.Kind == TokenKind.LeftParen)
        {
            tokens.Take();
            ExpressionSyntax inner = ParseExpression();
            tokens.Expect(TokenKind.RightParen, "')'");
            return new ParenthesizedSyntax(tokens.SpanFrom(first), inner) { Depth = Above(inner.Depth) };
        }

        if (IsLiteral(first) || first.Kind == TokenKind.Minus)
        {
            return ParseLiteral();
        }

        if (first.Kind != TokenKind.Name || (Reserved.Contains(first.Text) && first.Text != "now"))
        {
            throw tokens.Unexpected("an expression");
        }

        return tokens.Peek(1).Kind == TokenKind.LeftParen && first.Text != "now" ? ParseCall() : ParseReference();
    }

    private ReferenceSyntax ParseReference()
    {
        Token first = tokens.Take();
        if (first.Text == "now")
        {
            tokens.Expect(TokenKind.Dot, "'.' and a field of the request after now");
            NameSyntax field = tokens.ExpectName("a field of the request");
            return new ReferenceSyntax(tokens.SpanFrom(first), field, OfNow: true, null);
        }

        var name = new NameSyntax(first.Span, first.Text);
        DurationSyntax? pick = ParsePick();
        return new ReferenceSyntax(tokens.SpanFrom(first), name, OfNow: false, pick);
    }

    private DurationSyntax? ParsePick()
    {
        if (!tokens.TryTake(TokenKind.LeftBracket))
        {
            return null;
        }

        DurationSyntax duration = tokens.ExpectDuration();
        tokens.Expect(TokenKind.RightBracket, "']'");
        return duration;
    }

    private CallSyntax ParseCall()
    {
        Token first = tokens.Take();
        tokens.Expect(TokenKind.LeftParen, "'('");
        var arguments = ImmutableArray.CreateBuilder<ArgumentSyntax>();
        if (tokens.Current.Kind != TokenKind.RightParen && !tokens.Current.Is("where"))
        {
            do
            {
                arguments.Add(ParseArgument());
            }
            while (tokens.TryTake(TokenKind.Comma));
        }

        ExpressionSyntax? where = tokens.TryTakeWord("where") ? ParseExpression() : null;
        tokens.Expect(TokenKind.RightParen, "',' or ')'");
        OverSyntax? over = ParseOver();
        var function = new NameSyntax(first.Span, first.Text);
        int depth = Math.Max(
            where?.Depth ?? 0, arguments.Count == 0 ? 0 : arguments.Max(argument => argument.Value.Depth));
        return new CallSyntax(tokens.SpanFrom(first), function, arguments.ToImmutable(), where, over)
        {
            Depth = Above(depth),
        };
    }

    private OverSyntax? ParseOver()
    {
        Token first = tokens.Current;
        if (!tokens.TryTakeWord("over"))
        {
            return null;
        }

        NameSyntax window = tokens.ExpectName("the name of a window");
        DurationSyntax? pick = ParsePick();
        return new OverSyntax(tokens.SpanFrom(first), window, pick);
    }

    private ArgumentSyntax ParseArgument()
    {
        Token first = tokens.Current;
        NameSyntax? name = null;
        if (first.Kind == TokenKind.Name && tokens.Peek(1).Kind == TokenKind.Colon)
        {
            name = tokens.ExpectName("a name");
            tokens.Take();
        }

        ExpressionSyntax value = ParseExpression();
        return new ArgumentSyntax(tokens.SpanFrom(first), name, value);
    }

    private BinarySyntax Join(BinaryOperator sign, ExpressionSyntax left, ExpressionSyntax right) =>
        new(left.Span.To(right.Span), sign, left, right) { Depth = Above(Math.Max(left.Depth, right.Depth)) };

    private int Above(int depth)
    {
        if (depth < HeightMax)
        {
            return depth + 1;
        }

        diagnostics.TooDeep(tokens.Previous.Span, HeightMax);
        throw new SyntaxErrorException();
    }
}
