using Serving.Features.Text;

namespace Serving.Features.Syntax;

/// <summary><c>any(event where c) on eventField == requestField within duration</c>.</summary>
internal sealed record AnyLabelSyntax(
    TextSpan Span,
    NameSyntax Event,
    ExpressionSyntax? Where,
    NameSyntax EventField,
    NameSyntax RequestField,
    DurationSyntax Within) : SyntaxNode(Span);
