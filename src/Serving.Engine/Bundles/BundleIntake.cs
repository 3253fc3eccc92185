using Serving.Models.Tensors;

namespace Serving.Engine.Bundles;

/// <summary>
/// A bundle that came from outside: verified from its first byte to its last score before anybody can see it, then put
/// into a models folder as a whole. Immutable; what is put there are the bytes that were verified.
/// </summary>
public sealed class BundleIntake
{
    private readonly BundleContent _content;

    private BundleIntake(BundleContent content) => _content = content;

    /// <summary>Name of its model.</summary>
    public string Model => _content.Manifest.Name;

    /// <summary>Its version.</summary>
    public long Version => _content.Manifest.Version;

    /// <summary>Reads and verifies the bundle at a path; null with what is wrong with it.</summary>
    public static BundleIntake? Read(string path, out BundleVerification verification) =>
        Read(path, ModelFileReader.Instance, out verification);

    /// <summary>The same, where the bundle may hold a tensor model of what a server allows.</summary>
    public static BundleIntake? Read(
        string path,
        IReadOnlyList<IScorerFactory> runtimes,
        ITensorHosting hosting,
        out BundleVerification verification) =>
        Read(path, new ModelFileReader(runtimes) { Hosting = hosting }, out verification);

    /// <summary>
    /// Reads the bundle at a path and compares its bytes with its manifest, no more: null with what is missing or
    /// other.
    /// </summary>
    public static BundleIntake? ReadBytes(string path, out BundleVerification verification)
    {
        var problems = new BundleProblems();
        BundleContent? content = null;
        BundleVerifier.Guard("bundle", problems, () => content = BundleReader.Read(path, problems));
        verification = new BundleVerification(problems.Shown, problems.Count, null);
        return content is not null && verification.IsOk ? new BundleIntake(content) : null;
    }

    /// <summary>What stands in a models folder under its name and version.</summary>
    public BundlePlacement Look(string models)
    {
        string folder = Path.Combine(models, Model, $"{Version}");
        string file = folder + BundleNames.FileSuffix;
        string? path = Directory.Exists(folder) ? folder : File.Exists(file) ? file : null;
        return path is null ? BundlePlacement.Free : IsSame(path) ? BundlePlacement.Same : BundlePlacement.Other;
    }

    /// <summary>
    /// Puts it at <c>MODELS/NAME/VERSION/</c>: written under another name, synced, renamed, the folders synced.
    /// </summary>
    /// <exception cref="IOException">It cannot be written.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be written.</exception>
    public BundlePlacement Place(string models)
    {
        BundlePlacement found = Look(models);
        if (found != BundlePlacement.Free)
        {
            return found;
        }

        string folder = Path.Combine(models, Model, $"{Version}");
        return BundleWriter.WriteFolder(_content, folder, isReplacing: false) ? BundlePlacement.Placed : Look(models);
    }

    internal static BundleIntake? Read(string path, IBundleModelReader models, out BundleVerification verification)
    {
        var problems = new BundleProblems();
        BundleContent? content = null;
        Bundle? bundle = null;
        BundleVerifier.Guard("bundle", problems, () =>
        {
            content = BundleReader.Read(path, problems);
            bundle = content is null ? null : BundleLoader.Load(content, models, problems);
        });
        if (bundle is not null)
        {
            BundleVerifier.Replay(bundle, problems);
        }

        verification = new BundleVerification(
            problems.Shown, problems.Count, bundle is null ? null : BundleDescription.Of(bundle));
        return content is not null && verification.IsOk ? new BundleIntake(content) : null;
    }

    // A manifest holds the hashes of all files, so equal manifests are equal bundles.
    private bool IsSame(string path)
    {
        var problems = new BundleProblems();
        BundleContent? other = null;
        BundleVerifier.Guard("bundle", problems, () => other = BundleReader.Read(path, problems));
        return other is not null
            && ManifestWriter.Write(other.Manifest).AsSpan().SequenceEqual(ManifestWriter.Write(_content.Manifest));
    }
}
