using Serving.Features.Tests.Properties;

namespace Serving.Engine.Tests.Windows;

/// <summary>One row that comes to the server: a request, or an event that is ingested.</summary>
/// <param name="Event">Name of its event.</param>
/// <param name="Values">Its fields.</param>
/// <param name="Moment">
/// When it comes, on the stream's clock: a request at its time where it has no known one, an event when it is known.
/// </param>
internal sealed record Arrival(string Event, RowValues Values, long Moment)
{
    /// <summary>What happens to the store before it comes.</summary>
    public Disturbance Before { get; init; }

    /// <summary>Whether it is a request that is scored without learning; such a one may come late.</summary>
    public bool ScoresOnly { get; init; }
}
