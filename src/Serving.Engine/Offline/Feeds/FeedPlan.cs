using System.Collections.Immutable;
using Serving.Data;
using Serving.Data.Windows;
using Serving.Engine.Offline.Windows;
using Serving.State.Windows;

namespace Serving.Engine.Offline.Feeds;

/// <summary>What a feed is and what is made of its rows. Immutable and safe for use by several threads.</summary>
/// <param name="Event">The event whose rows it holds.</param>
/// <param name="IsEvent">
/// Whether its rows are taken as events, ordered by known; else as requests, ordered by their time.
/// </param>
/// <param name="Logs">
/// The logs that events are appended to; of requests all logs, since each is read, and in those over the request's own
/// event they are appended too where nothing delays them (<see cref="AppendsItself"/>).
/// </param>
/// <param name="AppendsItself">
/// Whether a request enters its own event's logs at its time: it has neither known nor lag.
/// </param>
internal sealed record FeedPlan(
    EventDeclaration Event, bool IsEvent, ImmutableArray<LogPlan> Logs, bool AppendsItself)
{
    /// <summary>By what rows are ordered.</summary>
    public long KeyOf(RowBatch rows, int row) =>
        IsEvent ? Event.KnownOf(rows, row) : rows.Get(row, Event.TimeField);

    /// <summary>Whether records are made of the rows for a log.</summary>
    public bool WritesRecords(LogPlan log) => IsEvent || (AppendsItself && log.Log.Event.IsRequest);

    /// <summary>
    /// Whether an event counts at all (R54, R55); rejected ones are counted. Requests always do: known is their time.
    /// </summary>
    public bool Admits(RowBatch rows, int row, ref AdmissionCounts counts)
    {
        if (!IsEvent)
        {
            return true;
        }

        switch (EventAdmission.Check(Event, rows, row))
        {
            case EventVerdict.Late:
                counts = counts with { Late = counts.Late + 1 };
                return false;
            case EventVerdict.Future:
                counts = counts with { Future = counts.Future + 1 };
                return false;
            default:
                return true;
        }
    }
}
