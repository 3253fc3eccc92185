using Serving.Data.Windows;

namespace Serving.Features.Binding.Tree;

/// <summary>
/// <c>any(E where c) on f == g within D</c> (R56): true when an event with E.f equal to request.g and c true became
/// known from the request's time to <paramref name="WithinMs"/> later, both included.
/// </summary>
/// <param name="Event">The events.</param>
/// <param name="Where">A bool that is never missing: fields are the event's, now.x the request's; or null.</param>
/// <param name="EventField">Place of f in the event.</param>
/// <param name="RequestField">Place of g in the request.</param>
/// <param name="WithinMs">D in milliseconds.</param>
internal sealed record BoundAnyLabel(
    EventDeclaration Event, BoundExpression? Where, int EventField, int RequestField, long WithinMs)
{
    /// <summary>Whether the condition names fields of the request.</summary>
    public bool ReadsNow { get; init; }
}
