using System.Collections.Immutable;
using Serving.Features.Text;

namespace Serving.Features.Syntax;

/// <summary><c>given event { ... };</c> or <c>when request { ... };</c> in a test.</summary>
internal sealed record TestEventSyntax(
    TextSpan Span, bool IsWhen, NameSyntax Event, ImmutableArray<RecordValueSyntax> Values) : SyntaxNode(Span);
