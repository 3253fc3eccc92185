using Serving.Data;

namespace Serving.Features.Binding.Tree;

/// <summary>A kind of event: its fields and when it counts.</summary>
/// <param name="Schema">Its fields.</param>
/// <param name="IsRequest">Whether it is the request.</param>
/// <param name="IdField">Place of its id.</param>
/// <param name="TimeField">Place of its time.</param>
/// <param name="KnownField">Place of the time at which it became known; -1 without one.</param>
/// <param name="LateMs">Greatest accepted distance of known behind time; -1: none is too late (R54).</param>
/// <param name="LagMs">Declared delivery delay; -1 without one.</param>
internal sealed record BoundEvent(
    RowSchema Schema, bool IsRequest, int IdField, int TimeField, int KnownField, long LateMs, long LagMs);
