using Serving.Engine.Bundles;

namespace Serving.Cli.ObjectStores;

/// <summary>
/// Copies bundles from an object store into a models folder: complete ones only, each as a whole with its manifest
/// last, and never over one that is there. A process of its own, so that the server holds no store's credentials.
/// </summary>
internal sealed class BundleSync(BundleStore store, string models)
{
    /// <summary>Copies what is new.</summary>
    /// <exception cref="IOException">The store or the disk fails.</exception>
    public async Task<SyncResult> RunAsync(CancellationToken cancellation)
    {
        var result = new SyncResult();
        foreach (StoredBundle bundle in await store.ListAsync(cancellation))
        {
            if (IsPresent(bundle))
            {
                result.Present++;
            }
            else if (!bundle.IsComplete)
            {
                result.Incomplete.Add((bundle.Model, bundle.Version, $"no {StoredBundle.Manifest} yet"));
            }
            else if (await CopyAsync(bundle, cancellation) is { Length: > 0 } reason)
            {
                result.Incomplete.Add((bundle.Model, bundle.Version, reason));
            }
            else
            {
                result.Copied.Add((bundle.Model, bundle.Version));
            }
        }

        return result;
    }

    private bool IsPresent(StoredBundle bundle)
    {
        string path = Path.Combine(models, bundle.Model, $"{bundle.Version}");
        return Directory.Exists(path) || File.Exists(path + BundleNames.FileSuffix);
    }

    // Why it was not copied, or empty.
    private async Task<string> CopyAsync(StoredBundle bundle, CancellationToken cancellation)
    {
        DirectoryInfo temporary = Directory.CreateTempSubdirectory("serving-sync-");
        try
        {
            await store.DownloadAsync(bundle, temporary.FullName, cancellation);
            BundleIntake? intake = BundleIntake.ReadBytes(temporary.FullName, out BundleVerification verification);
            if (intake is null)
            {
                return string.Join("; ", verification.Problems.Take(3));
            }

            if (intake.Model != bundle.Model || intake.Version != bundle.Version)
            {
                return $"its manifest says version {intake.Version} of '{intake.Model}'";
            }

            return intake.Place(models) == BundlePlacement.Other ? "other bytes stand there" : "";
        }
        finally
        {
            temporary.Delete(recursive: true);
        }
    }
}
