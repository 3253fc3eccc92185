using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using Serving.Data;
using Serving.Models.Tensors;
using Serving.NativeModels.Batching;
using Serving.NativeModels.Workers;

namespace Serving.NativeModels.Hosting;

/// <summary>
/// Opens tensor models as a server's configuration says: in a worker process or here, their calls in batches where the
/// model's rows do not see each other. Safe for use by several threads.
/// </summary>
/// <param name="optionsOf">The configuration of a model by its name.</param>
/// <param name="workers">How worker processes are started; null: none can be, and models that want one are
/// refused.</param>
/// <param name="time">The clock.</param>
/// <param name="observers">Are told what models do; null: nobody.</param>
public sealed class NativeHosting(
    Func<string, NativeModelOptions> optionsOf,
    WorkerOptions? workers,
    TimeProvider time,
    INativeObservers? observers = null) : ITensorHosting
{
    /// <summary>A load waits no longer for sizes to be warm; what is left is warmed by requests.</summary>
    private static readonly TimeSpan WarmUpTime = TimeSpan.FromSeconds(5);

    /// <inheritdoc/>
    public TensorModelOptions OptionsOf(string model) => optionsOf(model).Tensors;

    /// <inheritdoc/>
    public ITensorScorer Open(TensorOpening opening)
    {
        NativeModelOptions options = optionsOf(opening.Model);
        ITensorScorer scorer = FactoryOf(opening, options).Open(opening.Files, opening.Options);
        if (options.Batching is not { } batching)
        {
            return scorer;
        }

        ITensorScorer? opened = scorer;
        try
        {
            ITensorScorer batched = Batch(opening, options, scorer, batching);
            opened = null;
            return batched;
        }
        finally
        {
            opened?.Dispose();
        }
    }

    private IScorerFactory FactoryOf(TensorOpening opening, NativeModelOptions options) =>
        !options.IsIsolated ? opening.Factory
        : workers is null
            ? throw new InputException(new InputProblem(
                "isolation", "process", "none, since this program has no worker to start"))
            : new WorkerScorerFactory(
                opening.Factory,
                workers with
                {
                    Slots = Math.Max(workers.Slots, options.Batching?.Lanes ?? 1),
                    KeepsSpare = options.KeepsSpare,
                },
                time,
                observers?.OfWorkers(opening.Model, opening.Version));

    [SuppressMessage("Reliability", "CA2000", Justification = "It is the result; else what it holds is disposed.")]
    private BatchingScorer Batch(
        TensorOpening opening, NativeModelOptions options, ITensorScorer scorer, BatchingOptions batching)
    {
        int count = scorer.Model.Signatures.Length;
        var samples = new IReadOnlyList<TensorCall>[count];
        try
        {
            var reasons = new string?[count];
            for (int signature = 0; signature < count; signature++)
            {
                samples[signature] = opening.WhyAlone is null ? opening.FillSamples(scorer, signature) : [];
                reasons[signature] = opening.WhyAlone
                    ?? ReasonAgainst(scorer, signature, samples[signature], options.IsBatchingForced);
            }

            BatchingScorer batched = new(
                scorer, batching, [.. reasons.Select(reason => reason is null)], time,
                observers?.OfBatches(opening.Model, opening.Version))
            {
                Batching = TextOf(scorer.Model, reasons),
            };
            WarmUp(batched, samples, reasons);
            return batched;
        }
        finally
        {
            foreach (TensorCall call in samples.Where(calls => calls is not null).SelectMany(calls => calls))
            {
                call.Dispose();
            }
        }
    }

    // What has state, or answers by chance, cannot be compared with itself.
    private static string? ReasonAgainst(
        ITensorScorer scorer, int signature, IReadOnlyList<TensorCall> samples, bool isForced)
    {
        TensorModel model = scorer.Model;
        return BatchableModel.ReasonAgainst(model, signature, isForced) is { } declared ? declared
            : model.IsStateful || model.IsRandom ? null
            : samples.Count == 0 ? "there are no samples to try it with"
            : BatchProbe.ReasonAgainstAsync(scorer, signature, samples, CancellationToken.None)
                .GetAwaiter().GetResult();
    }

    private static void WarmUp(
        BatchingScorer batched, IReadOnlyList<TensorCall>[] samples, ReadOnlySpan<string?> reasons)
    {
        for (int signature = 0; signature < reasons.Length; signature++)
        {
            TensorCall? row = samples[signature].FirstOrDefault(call => BatchRows.Of(call) == 1);
            if (reasons[signature] is null && row is not null)
            {
                WarmUp(batched, signature, row);
            }
        }
    }

    // A size that the model cannot run fails its requests too, which are then run one by one.
    private static void WarmUp(BatchingScorer batched, int signature, TensorCall row)
    {
        try
        {
            batched.WarmUpAsync(signature, row, WarmUpTime).GetAwaiter().GetResult();
        }
        catch (Exception error) when (error is TensorRunException or InputException)
        {
            // The batches that are asked for say so.
        }
    }

    // Of one signature the reason alone.
    private static string TextOf(TensorModel model, string?[] reasons)
    {
        ImmutableArray<string> refused =
        [
            .. reasons.Select((reason, index) => (reason, model.Signatures[index].Name))
                .Where(pair => pair.reason is not null)
                .Select(pair => reasons.Length == 1 ? pair.reason! : $"{pair.Name}: {pair.reason}"),
        ];
        return refused.IsEmpty ? "on"
            : refused.Length == reasons.Length ? $"off: {string.Join("; ", refused)}"
            : $"on, but not {string.Join("; ", refused)}";
    }
}
