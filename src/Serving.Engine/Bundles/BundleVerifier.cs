using Serving.Data;
using Serving.Models.Tensors;

namespace Serving.Engine.Bundles;

/// <summary>
/// Checks a bundle from its first byte to its last score: names, sizes and hashes, then its parts, then its samples bit
/// for bit. Total: hostile folders and archives give problems, never an exception. Safe for use by several threads.
/// </summary>
public static class BundleVerifier
{
    /// <summary>Verifies the bundle at a path, a folder or one file.</summary>
    public static BundleVerification Verify(string path) => Verify(path, ModelFileReader.Instance);

    /// <summary>
    /// The same, where the bundle may hold a tensor model: its files and structure are checked without its runtime.
    /// </summary>
    public static BundleVerification Verify(string path, IReadOnlyList<IScorerFactory> runtimes) =>
        Verify(path, new ModelFileReader(runtimes));

    internal static BundleVerification Verify(string path, IBundleModelReader models)
    {
        var problems = new BundleProblems();
        Bundle? bundle = Load(path, models, problems);
        if (bundle is not null)
        {
            Replay(bundle, problems);
        }

        return new BundleVerification(
            problems.Shown, problems.Count, bundle is null ? null : BundleDescription.Of(bundle));
    }

    /// <summary>Reads and builds a bundle; null after noting every problem.</summary>
    internal static Bundle? Load(
        string path, IBundleModelReader models, BundleProblems problems, LoadBounds? bounds = null)
    {
        Bundle? bundle = null;
        Guard("bundle", problems, () =>
        {
            BundleContent? content = BundleReader.Read(path, problems, bounds);
            bundle = content is null ? null : BundleLoader.Load(content, models, problems);
        });
        return bundle;
    }

    /// <summary>
    /// Replays a bundle's samples on its serving pipeline; notes the stages that differ. Of a tensor model behind a
    /// script the features alone: its runtime need not be there.
    /// </summary>
    internal static void Replay(Bundle bundle, BundleProblems problems) => Guard("samples", problems, () =>
    {
        if (bundle.IsRaw)
        {
            return;
        }

        Compare(bundle, bundle.Tensors is null ? bundle.Check : SampleCheck.Features, problems);
        if (bundle.Decisions?.Fallback is { } fallback)
        {
            var found = new BundleProblems();
            Replay(fallback, found);
            problems.AddBelow(FallbackFiles.Folder, found);
        }
    });

    /// <summary>The same of a tensor model behind a script, its scores among them: opens it.</summary>
    internal static void ReplayScores(Bundle bundle, BundleProblems problems)
    {
        try
        {
            Compare(bundle, bundle.Check, problems);
        }
        catch (TensorRunException) when (bundle.Manifest.Tensors is { Compare: TensorManifest.Unchecked })
        {
            // Without expected values nobody knows whether the model takes a sample: it warms or does nothing.
        }
    }

    private static void Compare(Bundle bundle, SampleCheck check, BundleProblems problems) =>
        bundle.Pipelines.CreateServingReplay(bundle.Pipeline, check)
            .Compare(bundle.SampleSet, bundle.Expectations, problems);

    /// <summary>
    /// The one boundary that nothing passes: whatever a hostile bundle finds in us refuses the bundle, and the text
    /// names the fault for the report.
    /// </summary>
    internal static void Guard(string place, BundleProblems problems, Action act)
    {
        try
        {
            act();
        }
        catch (InputException exception)
        {
            problems.Add(exception);
        }
        catch (RuntimeMissingException exception)
        {
            // How to get it is the advice, which is not cut.
            problems.Add(place, "a model whose runtime is not there", "its runtime", exception.Message);
        }
        catch (Exception exception)
        {
            problems.Add(place, $"{exception.GetType().Name}: {exception.Message}", "one that can be built and scored");
        }
    }
}
