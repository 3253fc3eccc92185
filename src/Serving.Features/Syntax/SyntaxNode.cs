using Serving.Features.Text;

namespace Serving.Features.Syntax;

/// <summary>A node of a script's syntax tree. Immutable.</summary>
/// <param name="Span">From its first token to its last.</param>
internal abstract record SyntaxNode(TextSpan Span);
