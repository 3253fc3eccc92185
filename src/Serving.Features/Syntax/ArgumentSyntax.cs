using Serving.Features.Text;

namespace Serving.Features.Syntax;

/// <summary>An argument of a call, with its name where one is written.</summary>
internal sealed record ArgumentSyntax(TextSpan Span, NameSyntax? Name, ExpressionSyntax Value) : SyntaxNode(Span);
