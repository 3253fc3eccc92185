using Serving.Data;
using Serving.Engine;
using Serving.Engine.Drift;
using Serving.Engine.Pipeline;

namespace Serving.Benchmarks.Quick;

/// <summary>
/// What drift costs the request's thread: the samples of a model scored one by one by two engines that differ in
/// nothing else.
/// </summary>
internal static class QuickDrift
{
    private const int Rounds = 20;

    public static void Run(TextWriter output, string models)
    {
        using InferenceEngine without = Start(models, watchesDrift: false);
        using InferenceEngine with = Start(models, watchesDrift: true);
        foreach (string model in with.ReadyModels)
        {
            if (with.SamplesOf(model, 0) is not { RowCount: > 0 } samples || HasWindows(with, model))
            {
                continue;
            }

            // The first answers become the baseline, so that counting is what is measured.
            for (int row = 0; row < 30_000; row++)
            {
                Score(with, model, samples, row % samples.RowCount);
            }

            with.Drift.Collect();
            CpuMinimum timer = new();
            int rows = Rounds * samples.RowCount;
            timer.Add("without drift", rows, () => ScoreAll(without, model, samples));
            timer.Add("with drift", rows, () => ScoreAll(with, model, samples));
            timer.Add("with raw values", rows, () => ScoreAll(without, model, samples, wantsFeatures: true));
            timer.Add("counting alone", rows, CountingOf(with, model, samples));
            IReadOnlyDictionary<string, double> times = timer.Run();
            double cost = times["with drift"] - times["without drift"];
            int columns = with.Describe(model, 0)!.Features.Fields.Length + 1;
            output.WriteLine(
                $"{model,-16} {times["without drift"],8:F0} ns/row without, {times["with drift"],8:F0} with: "
                + $"{cost:F0} ns for {columns} columns (values before encoders are written in "
                + $"{times["with raw values"] - times["without drift"]:F0}, counted in {times["counting alone"]:F0})");
        }
    }

    private static InferenceEngine Start(string models, bool watchesDrift)
    {
        var engine = new InferenceEngine(
            new EngineOptions { ModelsFolder = models, LoadInline = true, WatchesDrift = watchesDrift },
            TimeProvider.System);
        engine.Poll();
        return engine;
    }

    // There is no store here; what drift costs beside one is the same.
    private static bool HasWindows(InferenceEngine engine, string model)
    {
        engine.Rent(model, 0, out ScoringContext? context);
        using (context)
        {
            return context!.Windows is not null;
        }
    }

    // The buckets of the samples' own distribution, fed with the features of each sample by itself.
    private static Action CountingOf(InferenceEngine engine, string model, RowBatch samples)
    {
        var features = new List<RowBatch>();
        RowSchema schema = engine.Describe(model, 0)!.Features;
        for (int row = 0; row < samples.RowCount; row++)
        {
            engine.Rent(model, 0, out ScoringContext? context);
            using (context)
            {
                context!.WantsFeatures = true;
                RowCopy.AppendRow(samples, row, context.Rows);
                engine.Score(context);
                features.Add(new RowBatch(schema));
                RowCopy.AppendRow(context.Features!, 0, features[^1]);
            }
        }

        var columns = new DriftColumns(schema);
        var first = new FirstAnswers(columns, TimeProvider.System);
        double[] scores = [0.5];
        features.ForEach(row => first.Add(row, scores, 1));
        DriftBuckets buckets = first.Build(features.Count);
        long[] counts = new long[columns.CellCount];
        return () =>
        {
            for (int round = 0; round < Rounds; round++)
            {
                foreach (RowBatch row in features)
                {
                    buckets.Count(row, scores, 1, counts);
                }
            }
        };
    }

    private static double ScoreAll(
        InferenceEngine engine, string model, RowBatch samples, bool wantsFeatures = false)
    {
        double sum = 0;
        for (int round = 0; round < Rounds; round++)
        {
            for (int row = 0; row < samples.RowCount; row++)
            {
                sum += Score(engine, model, samples, row, wantsFeatures);
            }
        }

        return sum;
    }

    private static double Score(
        InferenceEngine engine, string model, RowBatch samples, int row, bool wantsFeatures = false)
    {
        engine.Rent(model, 0, out ScoringContext? context);
        using (context)
        {
            context!.WantsFeatures = wantsFeatures;
            RowCopy.AppendRow(samples, row, context.Rows);
            ErrorCode code = engine.Score(context);
            context.Conclude(code, 0);
            return context.Scores[0];
        }
    }
}
