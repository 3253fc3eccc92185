using System.Collections.Immutable;
using Serving.Data;
using Serving.Data.Windows;
using Serving.Features.Binding.Tree;

namespace Serving.Features.Explanation;

/// <summary>Works out what the windows of a script keep and read.</summary>
internal sealed class StateExplainer(FeatureScript script)
{
    private const int RecordBytes = 20;
    private const int TileBytes = 8;
    private const int TypicalTextBytes = 16;

    // Times of the compiled reader on one core: decoding a record, and one record for one value.
    private const double RecordNs = 10;
    private const double StepNs = 2;
    private const double LookUpNs = 300;

    public ImmutableArray<LogExplanation> Explain() => [.. script.Windows.Logs.Select(Explain)];

    private LogExplanation Explain(KeyedLog log)
    {
        BoundWindowCall[] calls = [.. log.Readings.Select(reading => script.Bound.WindowCalls[reading.Slot])];
        int tileBytes = TileBytes + log.Measures.Sum(measure => BytesOf(measure.Parts));
        (int kept, string keeper) = Kept(calls);
        int operations = LogExplanation.TypicalRecords * (1 + log.Readings.Length);
        return new LogExplanation(
            log.Event.Schema.Name,
            [.. log.EventKey.Select(field => log.Event.Schema.Fields[field].Name)],
            [.. calls.Select(call => call.Window.Name).Distinct(StringComparer.Ordinal)],
            [.. log.Columns.Select(TextOf)],
            RecordBytes + log.Columns.Sum(column => BytesOf(column.Type)) + IdBytes(log),
            Levels([.. calls.Where(call => !call.IsBounded)], tileBytes),
            kept,
            keeper,
            log.RepetitionMs,
            log.Readings.Length,
            operations,
            LookUpNs + (LogExplanation.TypicalRecords * (RecordNs + (StepNs * log.Readings.Length))));
    }

    /// <summary>
    /// The tiles of every step. At each age of events the finest step counts whose spans still reach there: an edge
    /// that moves over them must fall between two tiles.
    /// </summary>
    private static ImmutableArray<TileLevel> Levels(BoundWindowCall[] calls, int tileBytes)
    {
        var levels = ImmutableArray.CreateBuilder<TileLevel>();
        long covered = 0;
        foreach (IGrouping<long, (string Window, string Span, long StepMs, long Reach)> step in calls
            .SelectMany(Demands).GroupBy(demand => demand.StepMs).OrderBy(group => group.Key))
        {
            (string window, string span, long stepMs, long reach) = step.MaxBy(demand => demand.Reach);
            if (reach > covered)
            {
                long tiles = (reach - covered + stepMs - 1) / stepMs;
                levels.Add(new TileLevel(window, span, stepMs, tiles, tileBytes));
                covered = reach;
            }
        }

        // Everything that is older is one tile.
        if (Array.Find(calls, call => call.Bounds.IsLifetime) is { } lifetime)
        {
            levels.Add(new TileLevel(lifetime.Window.Name, "lifetime", lifetime.Bounds.StepMs, 1, tileBytes));
        }

        return levels.ToImmutable();
    }

    private static IEnumerable<(string Window, string Span, long StepMs, long Reach)> Demands(BoundWindowCall call)
    {
        WindowBounds bounds = call.Bounds;
        if (!bounds.IsLifetime)
        {
            string span = call.Window.Spans[call.Span].Text;
            yield return (call.Window.Name, span, bounds.StepMs, bounds.SpanMs + bounds.DelayMs);
        }

        if (bounds.DelayMs > 0)
        {
            string delay = $"delay {DurationText.Of(bounds.DelayMs)}";
            yield return (call.Window.Name, delay, bounds.HeadStepMs, bounds.DelayMs);
        }
    }

    // Windows without delay and where keep the same latest records; any other one keeps records of its own.
    private static (int Records, string Window) Kept(BoundWindowCall[] calls)
    {
        BoundWindow[] keeping = [.. calls.Where(call => call.IsBounded).Select(call => call.Window).Distinct()];
        IEnumerable<IGrouping<string, BoundWindow>> groups = keeping.GroupBy(window =>
            window.Where is null && window.Spans[0].Bounds.DelayMs == 0 ? "" : window.Name);
        return keeping.Length == 0
            ? (0, "")
            : (groups.Sum(group => group.Max(window => window.Keep)), keeping.MaxBy(window => window.Keep)!.Name);
    }

    // A field has its type behind it; what is computed is shown as the script writes it.
    private static string TextOf(LogColumn column) =>
        column.Text == $"{column.Shown}:{column.Type}" ? column.Text : column.Shown;

    private static int IdBytes(KeyedLog log)
    {
        bool isText = log.Event.Schema.Fields[log.Event.IdField].Type.Kind == ValueKind.String;
        return !log.HoldsIds ? 0 : isText ? TypicalTextBytes : sizeof(long);
    }

    private static int BytesOf(FieldType type) => type.Kind switch
    {
        ValueKind.Bool => 1,
        ValueKind.String => TypicalTextBytes,
        _ => sizeof(long),
    };

    private static int BytesOf(MeasureParts parts)
    {
        int bytes = 0;
        foreach ((MeasureParts part, int size) in (ReadOnlySpan<(MeasureParts, int)>)
        [
            (MeasureParts.Count, 4),
            (MeasureParts.Sum, 8),
            (MeasureParts.SumOfSquares, 16),
            (MeasureParts.Min, 8),
            (MeasureParts.Max, 8),
            (MeasureParts.First, 24),
            (MeasureParts.Last, 24),
        ])
        {
            bytes += parts.HasFlag(part) ? size : 0;
        }

        return bytes;
    }
}
