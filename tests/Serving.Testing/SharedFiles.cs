using System.Runtime.CompilerServices;

namespace Serving.Testing;

/// <summary>
/// Finds files that stand beside the repository and are never part of it: real data and other tools' models under
/// <c>../shared</c>. Tests that need them skip with a reason where they are absent.
/// </summary>
public static class SharedFiles
{
    /// <summary>Folder of the repository, found from this source file.</summary>
    public static string Repository { get; } = FindRepository();

    /// <summary>
    /// The folder of shared files: SERVING_SHARED, else <c>shared</c> beside the repository or above it.
    /// </summary>
    public static string? Root { get; } = FindShared();

    /// <summary>The path of a shared file or folder, or null where it is absent.</summary>
    public static string? Find(string relativePath)
    {
        string? path = Root is null ? null : Path.Combine(Root, relativePath);
        return path is not null && (File.Exists(path) || Directory.Exists(path)) ? path : null;
    }

    private static string? FindShared()
    {
        string? configured = Environment.GetEnvironmentVariable("SERVING_SHARED");
        if (configured is not null)
        {
            return Directory.Exists(configured) ? configured : null;
        }

        for (DirectoryInfo? folder = Directory.GetParent(Repository); folder is not null; folder = folder.Parent)
        {
            string candidate = Path.Combine(folder.FullName, "shared");
            if (Directory.Exists(Path.Combine(candidate, "data")))
            {
                return candidate;
            }
        }

        return null;
    }

    private static string FindRepository([CallerFilePath] string source = "") =>
        Path.GetFullPath(Path.Combine(Path.GetDirectoryName(source)!, "..", ".."));
}
