using System.Globalization;
using Serving.Data;
using Serving.Data.Windows;

namespace Serving.Engine.Pipeline;

/// <summary>
/// Times that a live request cannot have (R55; a second, millisecond or nanosecond taken for another). Files may hold
/// any time; only the server looks.
/// </summary>
internal static class RequestTimes
{
    /// <summary>2000-01-01: what lies before it is a wrong unit, not an event.</summary>
    public const long EarliestMs = 946_684_800_000;

    /// <summary>The first row whose time is refused, or -1.</summary>
    /// <param name="rows">The rows.</param>
    /// <param name="declaration">Their event.</param>
    /// <param name="clock">When they arrived, ms since 1970.</param>
    [HotPath]
    public static int FirstRefused(RowBatch rows, EventDeclaration declaration, long clock)
    {
        for (int row = 0; row < rows.RowCount; row++)
        {
            if (IsRefused(rows, row, declaration, clock))
            {
                return row;
            }
        }

        return -1;
    }

    /// <summary>Whether the time of a row is refused.</summary>
    [HotPath]
    public static bool IsRefused(RowBatch rows, int row, EventDeclaration declaration, long clock)
    {
        long time = rows.Get(row, declaration.TimeField);
        return time < EarliestMs
            || time - KnownOf(rows, row, declaration, clock) > EventDeclaration.FutureToleranceMs;
    }

    /// <summary>Refuses the request for a row's time.</summary>
    public static ErrorCode Refuse(ScoringContext context, EventDeclaration declaration, int row, long clock)
    {
        RowBatch rows = context.Rows;
        long time = rows.Get(row, declaration.TimeField);
        string name = declaration.Schema.Fields[declaration.TimeField].Name;
        string expected = time < EarliestMs
            ? "a time since 2000-01-01, in milliseconds since 1970"
            : "a time at most 5 s ahead of the moment at which it became known or arrived";
        return context.Refuse(
            ErrorCode.InvalidArgument,
            string.Create(
                CultureInfo.InvariantCulture,
                $"row {row}, field '{name}': found {time}, expected {expected} "
                + $"({KnownOf(rows, row, declaration, clock)})"),
            row,
            declaration.TimeField);
    }

    /// <summary>
    /// Samples whose times a live request may have: those of a bundle reach to the edges of what a file may hold.
    /// </summary>
    public static RowBatch MadePresent(RowBatch samples, EventDeclaration declaration, long clock)
    {
        var present = new RowBatch(samples.Schema);
        present.CopyFrom(samples);
        for (int row = 0; row < present.RowCount; row++)
        {
            long time = Math.Clamp(present.Get(row, declaration.TimeField), EarliestMs, clock);
            present.Set(row, declaration.TimeField, time);
            if (declaration.KnownField >= 0)
            {
                present.Set(row, declaration.KnownField, time);
            }
        }

        return present;
    }

    private static long KnownOf(RowBatch rows, int row, EventDeclaration declaration, long clock) =>
        declaration.KnownField >= 0 ? rows.Get(row, declaration.KnownField) : clock;
}
