using Serving.Testing;

namespace Serving.Models.Tests.Golden;

/// <summary>Finds the golden cases of other tools beside the repository.</summary>
internal static class GoldenCases
{
    /// <summary>
    /// Folders of cases; one row that says so where they are absent, so that the test is skipped, not lost.
    /// </summary>
    public static TheoryData<string> In(params string[] groups)
    {
        TheoryData<string> cases = [];
        foreach (string group in groups)
        {
            if (SharedFiles.Find($"data/golden/{group}") is not { } folder)
            {
                cases.Add($"{group}/absent");
                continue;
            }

            foreach (string path in Directory.GetDirectories(folder).Order(StringComparer.Ordinal))
            {
                cases.Add($"{group}/{Path.GetFileName(path)}");
            }
        }

        return cases;
    }

    public static string Folder(string name)
    {
        string? folder = SharedFiles.Find($"data/golden/{name}");
        Assert.SkipWhen(folder is null, $"shared/data/golden/{name} is absent");
        return folder!;
    }

    public static string ModelPath(string folder) => Directory.GetFiles(folder, "model.*").Single();
}
