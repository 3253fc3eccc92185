using Serving.Features.Text;

namespace Serving.Features.Syntax;

/// <summary>A field of an event.</summary>
internal sealed record FieldSyntax(TextSpan Span, NameSyntax Name, TypeSyntax Type) : SyntaxNode(Span);
