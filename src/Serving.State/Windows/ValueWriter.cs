using Serving.Data;
using Serving.Data.Windows;

namespace Serving.State.Windows;

/// <summary>Writes window values from what was accumulated (R36 to R46).</summary>
internal static class ValueWriter
{
    private const ulong MillisecondsPerSecond = 1000;

    /// <summary>
    /// Writes count, any, sum, mean, min or max; returns whether a sum was saturated to its type (R102).
    /// </summary>
    public static bool Write(RowBatch values, int row, in PlannedReading planned, in Tally tally)
    {
        int slot = planned.Slot;
        switch (planned.Function)
        {
            case WindowFunction.Count:
                values.Set(row, slot, tally.Count);
                return false;
            case WindowFunction.Any:
                values.Set(row, slot, tally.Count > 0 ? 1 : 0);
                return false;
            case WindowFunction.Sum when planned.IsFloat:
                values.SetFloat(row, slot, ExactResult.Sum(tally.Sum, planned.Measure.Scale));
                return false;
            case WindowFunction.Sum:
                values.Set(row, slot, ExactResult.Saturate(tally.Sum, out bool saturated));
                return saturated;
        }

        if (tally.Count == 0)
        {
            values.SetMissing(row, slot);
        }
        else if (planned.Function == WindowFunction.Mean)
        {
            values.SetFloat(row, slot, ExactResult.Mean(tally.Sum, tally.Count, planned.Measure.Scale));
        }
        else
        {
            long extreme = planned.Function == WindowFunction.Min ? tally.Least : tally.Greatest;
            values.Set(row, slot, planned.IsFloat ? FloatUnits.Ordered(extreme) : extreme);
        }

        return false;
    }

    /// <summary>Writes a population variance; missing without events.</summary>
    public static void WriteVariance(RowBatch values, int row, in PlannedReading planned, in Tally tally, Wide squares)
    {
        if (tally.Count == 0)
        {
            values.SetMissing(row, planned.Slot);
            return;
        }

        double variance = ExactResult.Variance(tally.Sum, squares, tally.Count, planned.Measure.Scale);
        values.SetFloat(row, planned.Slot, variance);
    }

    /// <summary>Writes the quotient of two counts; missing where the whole is 0.</summary>
    public static void WriteShare(RowBatch values, int row, int slot, long part, long whole)
    {
        if (whole == 0)
        {
            values.SetMissing(row, slot);
            return;
        }

        values.SetFloat(row, slot, ExactResult.Quotient(part, (ulong)whole));
    }

    /// <summary>Writes the value of the first or last event; missing without one.</summary>
    public static void WritePick(RowBatch values, int row, in PlannedReading planned, in Pick pick, RecordSet records)
    {
        if (!pick.IsPresent)
        {
            values.SetMissing(row, planned.Slot);
            return;
        }

        records.CopyTo(values, row, planned.Slot, planned.Argument, pick.Slot);
    }

    /// <summary>Writes the seconds from the latest event to the request; missing without one.</summary>
    public static void WriteSeconds(RowBatch values, int row, int slot, in Pick latest, long requestTime)
    {
        if (!latest.IsPresent)
        {
            values.SetMissing(row, slot);
            return;
        }

        ulong distance = unchecked((ulong)requestTime - (ulong)latest.Time);
        values.SetFloat(row, slot, ExactResult.Quotient(distance, MillisecondsPerSecond));
    }
}
