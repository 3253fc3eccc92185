using Serving.Testing;

namespace Serving.NativeModels.Tests.SavedModel;

/// <summary>The real SavedModels beside the repository.</summary>
internal static class SharedModels
{
    /// <summary>Folders of good cases, relative to the shared files; empty where these are absent.</summary>
    public static IReadOnlyList<string> Cases { get; } =
    [
        .. new[] { "data/golden/tf-2.15", "data/golden/tf-2.19" }.SelectMany(Below),
    ];

    /// <summary>Folders of broken ones.</summary>
    public static IReadOnlyList<string> Malformed { get; } = [.. Below("data/golden/malformed/savedmodel")];

    /// <summary>The SavedModel of a case; skips the test where the shared files are absent.</summary>
    public static string Folder(string name)
    {
        string? folder = SharedFiles.Find(name);
        Assert.SkipWhen(folder is null, $"shared/{name} is absent");
        string inside = Path.Combine(folder, "saved_model");
        return Directory.Exists(inside) ? inside : folder;
    }

    private static IEnumerable<string> Below(string root) => SharedFiles.Find(root) is { } folder
        ? Directory.EnumerateDirectories(folder).Order(StringComparer.Ordinal)
            .Select(path => $"{root}/{Path.GetFileName(path)}")
        : [];
}
