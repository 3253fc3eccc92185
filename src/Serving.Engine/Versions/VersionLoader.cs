using System.Diagnostics;
using Serving.Data;
using Serving.Engine.Bundles;
using Serving.Engine.Drift;
using Serving.Engine.Pipeline;
using Serving.Engine.Predictions.Log;
using Serving.Engine.Tensors;
using Serving.State;
using Serving.State.Windows;

namespace Serving.Engine.Versions;

/// <summary>
/// Loads one version off the request path: reads and verifies its bundle, builds its pipeline, replays its samples, and
/// runs the path of a request until its code is optimised. Safe for use by several threads.
/// </summary>
internal sealed class VersionLoader(
    IBundleModelReader models,
    TimeProvider time,
    IWindowStore? store,
    bool watchesDrift = false,
    PredictionLog? log = null)
{
    // Long enough for the JIT to count 30 calls and compile again (it waits 100 ms for quiet), short beside a load.
    private const int WarmRounds = 40;
    private static readonly TimeSpan WarmTimeMax = TimeSpan.FromMilliseconds(500);

    // The first run of a shape plans and allocates; a second shows that it is warm.
    private const int TensorWarmRounds = 2;

    private const int ReasonLengthMax = 4_000;

    /// <summary>Loads a version; what becomes of it is told step by step. Never throws.</summary>
    /// <param name="harness">The version.</param>
    /// <param name="bounds">What the load may take.</param>
    /// <param name="tell">Is told.</param>
    public void Load(VersionHarness harness, LoadBounds bounds, Action<LoadReport> tell)
    {
        var problems = new BundleProblems();
        BundleLocation location = harness.Location;
        Bundle? bundle = BundleVerifier.Load(location.Path, models, problems, bounds);
        CheckPlace(bundle, location, problems);
        CheckMasks(bundle, problems);
        if (problems.Count > 0)
        {
            tell(new LoadReport(harness, VersionState.Failed, ReasonOf(problems), null));
            return;
        }

        tell(new LoadReport(harness, VersionState.Warming, "", null));
        BundleVerifier.Replay(bundle!, problems);
        ServedTensors? tensors = null;
        if (bundle!.Tensors is { } held && problems.Count == 0)
        {
            BundleVerifier.Guard("model", problems, () => tensors = OpenTensors(bundle, held, problems));
        }

        var served = new ServedVersion(
            location.Model, location.Version, bundle.Pipeline, bundle.Samples, bundle.Manifest.RowsMax,
            bundle.Script)
        {
            Masked = bundle.Manifest.Masked,
            Baseline = bundle.Baseline,
            Tensors = tensors,
            IsRaw = bundle.IsRaw,
            Drift = watchesDrift && !bundle.IsRaw
                ? new DriftMeter(
                    location.Model, location.Version, bundle.Pipeline.RawSchema, bundle.Baseline, time)
                : null,
        };
        if (problems.Count == 0)
        {
            BundleVerifier.Guard("samples", problems, () => Warm(served));
        }

        if (problems.Count == 0)
        {
            UseCompactors(served);
        }

        if (problems.Count > 0)
        {
            tensors?.Dispose();
        }

        tell(problems.Count > 0
            ? new LoadReport(harness, VersionState.Failed, ReasonOf(problems), null)
            : new LoadReport(harness, VersionState.Warming, "", served));
    }

    // The session is the version's from here on; where its samples differ it is closed at once.
    private static ServedTensors? OpenTensors(Bundle bundle, BundleTensors held, BundleProblems problems)
    {
        var tensors = new ServedTensors(held.Open(new SampleCalls(bundle)), held.Options)
        {
            Samples = [.. bundle.TensorSamples.Select(sample => new TensorRequestSample(
                held.Model.Signatures[sample.Signature].Name, sample.Request))],
            IsUnchecked = bundle.Manifest.Tensors!.Compare == TensorManifest.Unchecked,
        };
        long before = problems.Count;
        try
        {
            if (held.Mapped is { } mapped)
            {
                mapped.Use(tensors);
                BundleVerifier.ReplayScores(bundle, problems);
            }
            else
            {
                ReplayCalls(bundle, held, tensors, problems);
            }
        }
        catch
        {
            tensors.Dispose();
            throw;
        }

        if (problems.Count == before)
        {
            return tensors;
        }

        tensors.Dispose();
        return null;
    }

    private static void ReplayCalls(
        Bundle bundle, BundleTensors held, ServedTensors tensors, BundleProblems problems)
    {
        long before = problems.Count;
        using var run = new TensorSampleRun(tensors.Scorer, bundle.Manifest.Tensors!, held.Options.CallTime);
        for (int round = 0; round < TensorWarmRounds && problems.Count == before; round++)
        {
            run.Compare(bundle.TensorSamples, problems);
        }
    }

    // Without them the store would never fold: every entity would end at its bound of records.
    private void UseCompactors(ServedVersion served)
    {
        if (store is null || served.Pipeline.Windows is not { } windows)
        {
            return;
        }

        foreach (WindowLog windowLog in windows.Logs)
        {
            store.Use(new LogCompactor(windowLog.Codec));
        }
    }

    // What a bundle wants masked must not be logged as it is.
    private void CheckMasks(Bundle? bundle, BundleProblems problems)
    {
        if (bundle is { Manifest.Masked.Length: > 0 } && log is { HasKey: false })
        {
            problems.Add(
                BundleManifest.FileName,
                $"masked fields ({string.Join(", ", bundle.Manifest.Masked)})",
                "a key of the prediction log: log-key-file, or SERVING_LOG_KEY");
        }
    }

    private static void CheckPlace(Bundle? bundle, BundleLocation location, BundleProblems problems)
    {
        if (bundle is not null
            && (bundle.Manifest.Name != location.Model || bundle.Manifest.Version != location.Version))
        {
            problems.Add(
                BundleManifest.FileName,
                $"version {bundle.Manifest.Version} of '{bundle.Manifest.Name}'",
                $"version {location.Version} of '{location.Model}', since it stands there");
        }
    }

    private void Warm(ServedVersion served)
    {
        RowBatch samples = served.Samples!;
        long start = time.GetTimestamp();
        for (int round = 0; round < WarmRounds && samples.RowCount > 0; round++)
        {
            for (int sample = 0; sample < samples.RowCount; sample++)
            {
                bool isRented = served.TryRent(served.OwnSchema, null, out ScoringContext? context);
                Debug.Assert(isRented, "nobody closes a version before it is published");
                using (context)
                {
                    RowCopy.AppendRow(samples, sample, context!.Rows);
                    if (served.Pipeline.RunWithoutState(context, time) == ErrorCode.None)
                    {
                        served.Pipeline.Ladder?.WarmUp(context, time);
                    }
                }
            }

            if (time.GetElapsedTime(start) > WarmTimeMax)
            {
                return;
            }
        }
    }

    private static string ReasonOf(BundleProblems problems)
    {
        string reason = problems.ToException().Message;
        return reason.Length > ReasonLengthMax ? reason[..ReasonLengthMax] + "..." : reason;
    }
}
