using System.Collections.Immutable;
using System.Globalization;
using Serving.Features.Syntax;
using Serving.Features.Text;

namespace Serving.Features.Explanation;

/// <summary>
/// Compares the state that the windows of a script keep for a hot key with a budget (section 3.6): E090 above it;
/// without one W102 above 64 KB. W101 says which windows keep raw events.
/// </summary>
public static class StateBudget
{
    /// <summary>Above this size of a key's state a script without a budget is warned of.</summary>
    public const long WarnedBytes = 64_000;

    private static readonly long[] s_steps =
        [1000, 10_000, 60_000, 300_000, 900_000, 3_600_000, 21_600_000, 86_400_000];

    /// <summary>What is to be said about the state of a script, in the order of the text.</summary>
    /// <param name="script">The script.</param>
    /// <param name="path">Name used in diagnostics.</param>
    /// <param name="budgetBytes">Greatest bytes of a key's state; null without a budget.</param>
    public static ImmutableArray<Diagnostic> Check(FeatureScript script, string path, long? budgetBytes)
    {
        var diagnostics = new DiagnosticBag(SourceText.Decode(script.Utf8.Span, path, out _));
        Dictionary<string, TextSpan> places = script.Bound.Syntax.Declarations.OfType<WindowSyntax>()
            .ToDictionary(node => node.Name.Text, node => node.Keyword, StringComparer.Ordinal);
        foreach (LogExplanation log in new StateExplainer(script).Explain())
        {
            if (log.KeptRecords > 0)
            {
                diagnostics.Warn(
                    "W101",
                    places[log.KeepWindow],
                    string.Create(
                        CultureInfo.InvariantCulture,
                        $"{KeeperOf(script, log)} keeps raw events: up to {log.KeptRecords} x {log.RecordBytes} B per "
                            + $"{NameOf(log)}"),
                    "");
            }

            if (log.BoundBytes > (budgetBytes ?? WarnedBytes))
            {
                Report(log, places, budgetBytes, diagnostics);
            }
        }

        return diagnostics.ToImmutable();
    }

    private static void Report(
        LogExplanation log, Dictionary<string, TextSpan> places, long? budgetBytes, DiagnosticBag diagnostics)
    {
        long budget = budgetBytes ?? WarnedBytes;
        long records = (long)log.KeptRecords * log.RecordBytes;
        TileLevel? level = log.Levels.MaxBy(item => item.Bytes);
        bool isTiles = level is not null && level.Bytes >= records;
        string largest = isTiles
            ? string.Create(
                CultureInfo.InvariantCulture,
                $"{level!.Window} {level.Span} step {level.Step} ({level.Tiles} tiles x {level.TileBytes} B)")
            : string.Create(
                CultureInfo.InvariantCulture,
                $"{log.KeepWindow} keep {log.KeptRecords} ({log.KeptRecords} records x {log.RecordBytes} B)");
        string help = isTiles ? CoarserStep(log, level!, budget) : FewerRecords(log, budget);
        string than = budgetBytes is null ? "" : $" > budget {SizeText.Of(budget)}";
        string message = $"state of a hot {NameOf(log)} up to {SizeText.Of(log.BoundBytes)}{than}; largest: {largest}";
        TextSpan place = places[isTiles ? level!.Window : log.KeepWindow];
        if (budgetBytes is null)
        {
            diagnostics.Warn("W102", place, message, help);
        }
        else
        {
            diagnostics.StateTooLarge(place, message, help);
        }
    }

    // The step that the span has where none is written, or else the next coarser one that fits.
    private static string CoarserStep(LogExplanation log, TileLevel level, long budget)
    {
        long reach = level.Tiles * level.StepMs;
        long[] coarser = [.. s_steps.Where(step => step > level.StepMs && step <= reach)];
        long usual = coarser.LastOrDefault(step => step <= reach / 24);
        long fitting = Array.Find(
            coarser,
            step => log.BoundBytes - level.Bytes + ((reach + step - 1) / step * level.TileBytes) <= budget);
        long best = usual > 0 ? usual : fitting > 0 ? fitting : coarser.LastOrDefault();
        return best > 0 ? $"use step {DurationText.Of(best)}" : "use fewer or shorter spans";
    }

    private static string FewerRecords(LogExplanation log, long budget)
    {
        long rest = log.BoundBytes - ((long)log.KeptRecords * log.RecordBytes);
        long fitting = (budget - rest) / log.RecordBytes;
        return fitting > 0
            ? string.Create(CultureInfo.InvariantCulture, $"use keep {fitting}")
            : "keep fewer records";
    }

    private static string KeeperOf(FeatureScript script, LogExplanation log) =>
        script.Bound.WindowCalls.Any(call => call.Window.Name == log.KeepWindow && call.IsBounded && !call.ReadsNow)
            ? "distinct()"
            : "a where with now.";

    private static string NameOf(LogExplanation log) => string.Join(" and ", log.Key);
}
