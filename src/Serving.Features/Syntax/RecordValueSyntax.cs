using System.Collections.Immutable;
using Serving.Features.Text;

namespace Serving.Features.Syntax;

/// <summary>One member of a record in a test: a literal, or a list of literals.</summary>
internal sealed record RecordValueSyntax(
    TextSpan Span, NameSyntax Name, LiteralSyntax? Literal, ImmutableArray<LiteralSyntax> Items) : SyntaxNode(Span);
