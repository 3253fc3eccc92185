using System.Collections.Immutable;
using Serving.Features.Text;

namespace Serving.Features.Syntax;

/// <summary>A <c>window</c> declaration; no spans means <c>lifetime</c>.</summary>
internal sealed record WindowSyntax(
    TextSpan Span,
    TextSpan Keyword,
    NameSyntax Name,
    NameSyntax Event,
    ImmutableArray<NameSyntax> Keys,
    ImmutableArray<DurationSyntax> Spans,
    DurationSyntax? Step,
    DurationSyntax? Delay,
    ExpressionSyntax? Where,
    Token? Keep) : DeclarationSyntax(Span, Keyword);
