using System.Collections.Immutable;
using Serving.Features.Text;

namespace Serving.Features.Syntax;

/// <summary><c>-> name(arguments)</c>; the span begins at the name.</summary>
internal sealed record EncoderSyntax(
    TextSpan Span, NameSyntax Name, ImmutableArray<EncoderArgumentSyntax> Arguments) : SyntaxNode(Span);
