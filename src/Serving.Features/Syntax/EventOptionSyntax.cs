using Serving.Features.Text;

namespace Serving.Features.Syntax;

/// <summary>
/// An option of an event: <c>id name</c>, <c>time name</c>, <c>known name</c>, <c>late 10m</c>, <c>lag 2s</c>.
/// </summary>
internal sealed record EventOptionSyntax(TextSpan Span, string Word, NameSyntax? Field, DurationSyntax? Duration)
    : SyntaxNode(Span);
