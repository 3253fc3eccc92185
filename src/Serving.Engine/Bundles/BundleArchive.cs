using Serving.Data;

namespace Serving.Engine.Bundles;

/// <summary>Makes one file of a bundle that is a folder; the same bundle gives the same bytes.</summary>
public static class BundleArchive
{
    /// <summary>Writes the bundle at a path as one file.</summary>
    /// <param name="path">The bundle, a folder or one file.</param>
    /// <param name="target">The file.</param>
    /// <exception cref="InputException">The bundle is damaged; holds all problems.</exception>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public static void Write(string path, string target)
    {
        var problems = new BundleProblems();
        BundleContent? content = BundleReader.Read(path, problems);
        problems.ThrowIfAny();
        BundleWriter.WriteFile(content!, target);
    }
}
