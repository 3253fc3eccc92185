using Serving.Data;

namespace Serving.Engine.Bundles;

/// <summary>
/// Checks a bundle from its first byte to its last score: names, sizes and hashes, then its parts, then its samples bit for
/// bit. Total: hostile folders and archives give problems, never an exception. Safe for use by several threads.
/// </summary>
public static class BundleVerifier
{
    /// <summary>Verifies the bundle at a path, a folder or one file.</summary>
    public static BundleVerification Verify(string path) => Verify(path, ModelFileReader.Instance);

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

    /// <summary>Reads and builds a bundle; null after noting every problem. The one boundary that nothing passes.</summary>
    internal static Bundle? Load(string path, IBundleModelReader models, BundleProblems problems)
    {
        try
        {
            BundleContent? content = BundleReader.Read(path, problems);
            return content is null ? null : BundleLoader.Load(content, models, problems);
        }
        catch (InputException exception)
        {
            problems.Add(exception);
        }
        catch (Exception exception)
        {
            // Whatever a hostile bundle finds in us refuses the bundle; the text names the fault for the report.
            problems.Add("bundle", $"{exception.GetType().Name}: {exception.Message}", "a bundle that can be built");
        }

        return null;
    }

    /// <summary>Replays a bundle's samples on its serving pipeline; notes the stages that differ.</summary>
    internal static void Replay(Bundle bundle, BundleProblems problems)
    {
        try
        {
            new SampleReplay(bundle.Pipeline, bundle.Manifest.Sum).Compare(bundle.Samples, bundle.Expectations, problems);
        }
        catch (Exception exception)
        {
            problems.Add("samples", $"{exception.GetType().Name}: {exception.Message}", "scores");
        }
    }
}
