using System.Collections.Immutable;
using Serving.Features.Text;

namespace Serving.Features.Syntax;

/// <summary>A call of a scalar function, or of a window call with <c>over</c>.</summary>
internal sealed record CallSyntax(
    TextSpan Span,
    NameSyntax Function,
    ImmutableArray<ArgumentSyntax> Arguments,
    ExpressionSyntax? Where,
    OverSyntax? Over)
    : ExpressionSyntax(Span);
