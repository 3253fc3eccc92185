using System.Collections.Immutable;
using Serving.Data.Windows;

namespace Serving.Features.Binding.Tree;

/// <summary>A declared window: events of one kind that share a key with the request (R32 - R35, R48 - R50).</summary>
/// <param name="Name">Its name, in a name space of its own (R6).</param>
/// <param name="Event">The events it holds.</param>
/// <param name="EventKey">Places of the key's fields in the event, as the window names them.</param>
/// <param name="RequestKey">Places of the same fields in the request.</param>
/// <param name="Spans">Its spans in the script's order; one without a text for <c>lifetime</c>.</param>
/// <param name="Where">A bool over the event's fields that is never missing; null where every event counts.</param>
/// <param name="Keep">How many events <c>distinct</c> and conditions with <c>now.</c> see (R33); 0 without.</param>
/// <param name="KeyMayBeMissing">Whether a part of the key is optional in the event or the request (R35).</param>
internal sealed record BoundWindow(
    string Name,
    EventDeclaration Event,
    ImmutableArray<int> EventKey,
    ImmutableArray<int> RequestKey,
    ImmutableArray<BoundSpan> Spans,
    BoundExpression? Where,
    int Keep,
    bool KeyMayBeMissing)
{
    public bool IsLifetime => Spans[0].Bounds.IsLifetime;
}
