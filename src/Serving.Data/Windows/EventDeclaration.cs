namespace Serving.Data.Windows;

/// <summary>A kind of event of a feature set, the request among them (R7). Immutable.</summary>
/// <param name="Schema">Its fields; the schema's name is the event's.</param>
/// <param name="IsRequest">Whether it is the request.</param>
/// <param name="IdField">Place of the id (string or int, never optional).</param>
/// <param name="TimeField">Place of the time.</param>
/// <param name="KnownField">Place of the time at which it became known; -1 without one.</param>
/// <param name="LateMs">Greatest accepted distance of known behind time; -1: none is too late (R54).</param>
/// <param name="LagMs">Declared delivery delay: known = time + lag; -1 without one.</param>
public sealed record EventDeclaration(
    RowSchema Schema, bool IsRequest, int IdField, int TimeField, int KnownField, long LateMs, long LagMs)
{
    /// <summary>How far an event's time may lie ahead of its known time (R55).</summary>
    public const long FutureToleranceMs = 5000;

    /// <summary>
    /// The time at which a row became known: its known field, else time + lag, else its time (R53). Saturates.
    /// </summary>
    public long KnownOf(RowBatch rows, int row)
    {
        if (KnownField >= 0)
        {
            return rows.Get(row, KnownField);
        }

        long time = rows.Get(row, TimeField);
        long lag = Math.Max(0, LagMs);
        return time > long.MaxValue - lag ? long.MaxValue : time + lag;
    }
}
