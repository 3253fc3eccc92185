using System.Runtime.InteropServices;
using Serving.Data;
using Serving.Data.Windows;

namespace Serving.State.Windows;

/// <summary>
/// Turns the tallies of a plain log's intervals into values. Not safe for use by several threads.
/// </summary>
internal sealed class PlainAnswers
{
    private readonly PlannedReading[] _readings;
    private readonly Answer[] _answers;
    private readonly int[] _spans;
    private readonly Tally[] _totals;

    public PlainAnswers(ReadingPlan plan)
    {
        _readings = [.. plan.Plain];
        _answers = [.. _readings.Select(reading => new Answer(reading.Function, reading.Slot, reading.Group))];
        _spans = [.. plan.Groups.Select(group => group.Span)];
        _totals = new Tally[_spans.Length];
    }

    /// <summary>Writes all values; returns how many sums were saturated (R102).</summary>
    [HotPath]
    public int Write(ReadOnlySpan<Tally> intervals, WindowEdges edges, RowBatch values, int row)
    {
        Combine(intervals, edges);
        int saturatedSums = 0;
        ReadOnlySpan<Answer> answers = _answers;
        for (int index = 0; index < answers.Length; index++)
        {
            ref readonly Answer answer = ref answers[index];
            ref readonly Tally tally = ref _totals[answer.Group];
            if (answer.Function == WindowFunction.Count)
            {
                values.Set(row, answer.Slot, tally.Count);
            }
            else if (answer.Function == WindowFunction.Share)
            {
                // Its whole counts the same events.
                ValueWriter.WriteShare(values, row, answer.Slot, tally.Count, tally.Count);
            }
            else if (answer.Function == WindowFunction.Max && tally.Count > 0)
            {
                values.Set(row, answer.Slot, tally.Greatest);
            }
            else
            {
                saturatedSums += ValueWriter.Write(values, row, _readings[index], tally) ? 1 : 0;
            }
        }

        return saturatedSums;
    }

    // Spans that end together are told from the shortest on: each then adds to the one before.
    private void Combine(ReadOnlySpan<Tally> intervals, WindowEdges edges)
    {
        int firstBefore = -1;
        int lastBefore = -1;
        Tally total = default;
        for (int group = 0; group < _spans.Length; group++)
        {
            int first = edges.FirstOf(_spans[group]);
            int last = edges.LastOf(_spans[group]);
            int end = last + 1;
            if (last == lastBefore && first <= firstBefore)
            {
                end = firstBefore;
            }
            else
            {
                total = default;
            }

            for (int interval = first; interval < end; interval++)
            {
                total.Add(intervals[interval]);
            }

            _totals[group] = total;
            (firstBefore, lastBefore) = (first, last);
        }
    }

    [StructLayout(LayoutKind.Auto)]
    private readonly record struct Answer(WindowFunction Function, int Slot, int Group);
}
