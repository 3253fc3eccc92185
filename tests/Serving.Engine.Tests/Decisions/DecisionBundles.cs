using Serving.Engine.Bundles;
using Serving.Engine.Tests.Fakes;

namespace Serving.Engine.Tests.Decisions;

/// <summary>Packs fake models with decisions.</summary>
internal static class DecisionBundles
{
    /// <summary>score = raw / (1 + |raw|), raw = amount - age, a missing value counts as 0.5.</summary>
    public const string Model = "bias 0\ndense amount 1\ndense age -1\n";

    /// <summary>raw = amount + 3.</summary>
    public const string RequestModel = "bias 3\ndense amount 1\n";

    public static string Write(this BundleFolder folder, string name, string text)
    {
        File.WriteAllText(folder[name], text);
        return folder[name];
    }

    /// <summary>Packs a bundle by itself, for a fallback.</summary>
    public static string PackFallback(this BundleFolder folder, string text = RequestModel)
    {
        string path = folder["fallback-bundle"];
        BundleWriter.WriteTo(folder.Draft("f", text), path);
        return path;
    }

    public static BundleDraft DraftDeciding(
        this BundleFolder folder, string? decision, string? fallback, IBundleModelReader reader) => BundleDraft.Create(
        new PackRequest
        {
            Name = "m",
            ModelPath = folder.WriteModel(Model),
            DecisionPath = decision is null ? null : folder.Write("given.json", decision),
            FallbackPath = fallback,
        },
        TimeProvider.System,
        reader);

    /// <summary>Packs a version into the models folder.</summary>
    public static void Publish(
        this BundleFolder folder, string? decision, string? fallback, IBundleModelReader reader) =>
        BundleWriter.WriteToModels(folder.DraftDeciding(decision, fallback, reader), "m", folder.Models);
}
