using System.Collections.Immutable;
using Serving.Features.Text;

namespace Serving.Features.Syntax;

/// <summary>A <c>request</c> or <c>event</c> declaration.</summary>
internal sealed record EventSyntax(
    TextSpan Span,
    TextSpan Keyword,
    bool IsRequest,
    NameSyntax Name,
    ImmutableArray<FieldSyntax> Fields,
    ImmutableArray<EventOptionSyntax> Options) : DeclarationSyntax(Span, Keyword);
