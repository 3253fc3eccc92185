using System.Collections.Immutable;
using Serving.Features.Text;

namespace Serving.Features.Syntax;

/// <summary>A <c>test</c> block.</summary>
internal sealed record TestSyntax(
    TextSpan Span,
    TextSpan Keyword,
    Token Title,
    ImmutableArray<TestEventSyntax> Events,
    ImmutableArray<ExpectationSyntax> Expectations) : DeclarationSyntax(Span, Keyword);
