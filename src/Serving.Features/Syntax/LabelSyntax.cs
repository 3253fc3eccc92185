using Serving.Features.Text;

namespace Serving.Features.Syntax;

/// <summary>
/// <c>label name = expr;</c> or <c>label name = any(...) on ... within ...;</c>: one of the two is set.
/// </summary>
internal sealed record LabelSyntax(
    TextSpan Span, TextSpan Keyword, NameSyntax Name, ExpressionSyntax? Value, AnyLabelSyntax? Any)
    : DeclarationSyntax(Span, Keyword);
