using Serving.Testing;

namespace Serving.Cli.Tests.Golden;

/// <summary>
/// Cases of other tools beside the repository; where they are absent one row is left, which is skipped.
/// </summary>
internal static class SharedCases
{
    public static TheoryData<string> In(string root, params string[] groups)
    {
        TheoryData<string> cases = [];
        foreach (string group in groups)
        {
            string[] folders = SharedFiles.Find($"{root}/{group}") is { } folder
                ? Directory.GetDirectories(folder)
                : [$"{group}/absent"];
            foreach (string path in folders.Order(StringComparer.Ordinal))
            {
                cases.Add($"{group}/{Path.GetFileName(path)}");
            }
        }

        return cases;
    }

    public static string Folder(string root, string name)
    {
        string? folder = SharedFiles.Find($"{root}/{name}");
        Assert.SkipWhen(folder is null, $"shared/{root}/{name} is absent");
        return folder!;
    }
}
