using System.Collections.Immutable;
using Serving.Data;
using Serving.Features.Binding.Tree;

namespace Serving.Features.Fitting;

/// <summary>
/// Fits the encoders of a script on request rows: exact, and the same bytes for any order of the rows and any number of
/// threads. Where the exact tables exceed their memory the fit begins again, and numbers with more than 65,536 distinct
/// values are sketched: ranks within 0.13 % of the rows at 99 %, the same bytes for the same order of the
/// rows. Rows are the first of equal ids, within the times asked for, for which the condition is true (R90).
/// </summary>
public static class StatisticsFitter
{
    /// <summary>Fits a script.</summary>
    /// <param name="script">The script.</param>
    /// <param name="open">
    /// Opens the request rows from their start: called once for each pass, and always with the same rows in the same
    /// order. A script whose features do not name fitted features needs one pass. Where the script reads windows, the
    /// rows hold their values behind the request's fields (<see cref="JoinedRows"/>).
    /// </param>
    /// <param name="options">Which rows, and with what means.</param>
    /// <param name="cancellation">Ends the fit between pieces of input.</param>
    /// <exception cref="InputException">
    /// Rows or the condition are wrong, or there are too many distinct values.
    /// </exception>
    public static FittedStatistics Fit(
        FeatureScript script,
        Func<IRowSource> open,
        FittingOptions options,
        CancellationToken cancellation = default) =>
        Fit(script, open, options, CompiledCells.Compile, cancellation);

    /// <summary>How many passes over the data a script needs; 0 where nothing is fitted.</summary>
    public static int CountPasses(FeatureScript script) => FittingPlan.Of(script.Bound).Length;

    /// <summary>Whether an encoder is fitted against the label.</summary>
    public static bool NeedsLabel(FeatureScript script) => script.Bound.Features
        .SelectMany(feature => feature.Members).SelectMany(member => member.Encoders)
        .Any(encoder => encoder.NeedsLabel);

    /// <summary>Fits with a given way to evaluate values.</summary>
    internal static FittedStatistics Fit(
        FeatureScript script,
        Func<IRowSource> open,
        FittingOptions options,
        CellCompiler compile,
        CancellationToken cancellation)
    {
        BoundExpression? condition = options.Where is null ? null : FittingCondition.Bind(script, options.Where);
        FittingPlan.RefuseFitted(script.Bound, condition, "--where");
        FittingPlan.RefuseFitted(script.Bound, script.Bound.Label, "the label");
        ImmutableArray<ImmutableArray<BoundFeatureMember>> passes = FittingPlan.Of(script.Bound);
        if (passes.IsEmpty)
        {
            // One pass still counts the rows and their times.
            passes = [[]];
        }

        var budget = new MemoryBudget(options.MemoryBytesMax);
        try
        {
            return Fit(script, open, options, new Run(condition, passes, budget, compile, false), cancellation);
        }
        catch (InputException) when (budget.IsExceeded && options.CanReadAgain && MaySketch(passes))
        {
            budget = new MemoryBudget(options.MemoryBytesMax);
            return Fit(
                script, open, options, new Run(condition, passes, budget, compile, true), cancellation);
        }
    }

    private static bool MaySketch(ImmutableArray<ImmutableArray<BoundFeatureMember>> passes) =>
        passes.SelectMany(members => members).Any(SketchAccumulator.Serves);

    private static FittedStatistics Fit(
        FeatureScript script,
        Func<IRowSource> open,
        FittingOptions options,
        Run run,
        CancellationToken cancellation)
    {
        var firstRows = new FirstRows(script.IdField, script.Request.Fields[script.IdField].Type.Kind, run.Budget);
        var known = new StatisticsDocument(script, options);
        for (int pass = 0; pass < run.Passes.Length; pass++)
        {
            var plan = new FittingPassPlan(
                script, options, run.Condition, run.Passes[pass], run.Budget, run.Compile, FittedStatistics.Of(known))
            {
                Sketches = run.Sketches,
            };
            using IRowSource source = open();
            RequireWindows(script, source);
            FittingWorker found = FittingPass.Run(
                plan,
                source,
                firstRows,
                run.Sketches ? 1 : Math.Max(1, options.Threads),
                Report(options, pass, run.Passes.Length),
                cancellation);
            firstRows.Close();
            known = known.With(found);
        }

        return FittedStatistics.Of(known);
    }

    /// <summary>How the passes of one attempt are run.</summary>
    private sealed record Run(
        BoundExpression? Condition,
        ImmutableArray<ImmutableArray<BoundFeatureMember>> Passes,
        MemoryBudget Budget,
        CellCompiler Compile,
        bool Sketches);

    private static void RequireWindows(FeatureScript script, IRowSource source)
    {
        int values = script.Windows.Values.Fields.Length;
        if (values > 0 && source.Schema.Fields.Length < script.Request.Fields.Length + values)
        {
            throw new ArgumentException($"script {script.Name} reads windows, and the rows do not hold their values");
        }
    }

    private static Action<long, double>? Report(FittingOptions options, int pass, int passes) =>
        options.Progress is null
            ? null
            : (rows, share) => options.Progress(new FittingProgress(pass + 1, passes, rows, share));
}
