using Serving.Features.Text;

namespace Serving.Features.Syntax;

/// <summary>A duration, with the spelling that names of family members keep (R28).</summary>
internal sealed record DurationSyntax(TextSpan Span, string Text, long Milliseconds) : SyntaxNode(Span);
