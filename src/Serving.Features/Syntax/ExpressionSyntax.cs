using Serving.Features.Text;

namespace Serving.Features.Syntax;

/// <summary>An expression.</summary>
internal abstract record ExpressionSyntax(TextSpan Span) : SyntaxNode(Span)
{
    /// <summary>Height of the tree; the parser bounds it, so that everything that walks a tree may recurse.</summary>
    public int Depth { get; init; } = 1;
}
