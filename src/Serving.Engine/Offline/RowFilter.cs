using Serving.Data;

namespace Serving.Engine.Offline;

/// <summary>Keeps the request rows with from &lt;= time &lt; until (R98).</summary>
/// <param name="TimeField">Place of the time.</param>
/// <param name="FromMs">First time that is kept.</param>
/// <param name="UntilMs">First time that is not.</param>
internal sealed record RowFilter(int TimeField, long FromMs, long UntilMs)
{
    /// <summary>The filter of the options, or null when they keep everything.</summary>
    public static RowFilter? Of(OfflineOptions options, int timeField) =>
        timeField < 0 || (options.FromMs is null && options.UntilMs is null)
            ? null
            : new RowFilter(timeField, options.FromMs ?? long.MinValue, options.UntilMs ?? long.MaxValue);

    /// <summary>Whether a request of a time is kept.</summary>
    public bool Keeps(long time) => time >= FromMs && time < UntilMs;

    /// <summary>Moves the kept rows together, in all batches alike.</summary>
    public void Apply(RowBatch rows, RowBatch? kept, RowBatch? windows)
    {
        int count = rows.RowCount;
        int target = 0;
        for (int row = 0; row < count; row++)
        {
            if (!Keeps(rows.Get(row, TimeField)))
            {
                continue;
            }

            Move(rows, row, target);
            if (kept is not null)
            {
                Move(kept, row, target);
            }

            if (windows is not null)
            {
                Move(windows, row, target);
            }

            target++;
        }

        for (; count > target; count--)
        {
            rows.RemoveLastRow();
            kept?.RemoveLastRow();
            windows?.RemoveLastRow();
        }
    }

    // Handles point into the arenas, which stay as they are.
    private static void Move(RowBatch rows, int from, int to)
    {
        if (from != to)
        {
            int fields = rows.FieldCount;
            rows.Values.AsSpan(from * fields, fields).CopyTo(rows.Values.AsSpan(to * fields));
            rows.Present.AsSpan(from * fields, fields).CopyTo(rows.Present.AsSpan(to * fields));
        }
    }
}
