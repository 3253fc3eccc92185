using System.Collections.Immutable;
using Serving.Features.Text;

namespace Serving.Features.Syntax;

/// <summary><c>x in [a, b]</c>.</summary>
internal sealed record InSyntax(TextSpan Span, ExpressionSyntax Operand, ImmutableArray<LiteralSyntax> Items)
    : ExpressionSyntax(Span);
