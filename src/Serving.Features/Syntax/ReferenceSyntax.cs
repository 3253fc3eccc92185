using Serving.Features.Text;

namespace Serving.Features.Syntax;

/// <summary>A use of a name: <c>x</c>, <c>now.x</c> or <c>x[7d]</c>.</summary>
/// <param name="Span">All of it.</param>
/// <param name="Name">The name; of <c>now.x</c> the x.</param>
/// <param name="OfNow">Whether it is <c>now.x</c>.</param>
/// <param name="Pick">The span picked in brackets, if any.</param>
internal sealed record ReferenceSyntax(TextSpan Span, NameSyntax Name, bool OfNow, DurationSyntax? Pick)
    : ExpressionSyntax(Span);
