using System.Collections.Immutable;
using Serving.Features.Text;

namespace Serving.Features.Syntax;

/// <summary>A whole script.</summary>
internal sealed record ScriptSyntax(
    TextSpan Span,
    NameSyntax Name,
    Token Version,
    Token? Zone,
    ImmutableArray<DeclarationSyntax> Declarations,
    ImmutableArray<Comment> Comments) : SyntaxNode(Span);
