using System.Xml.Linq;
using Xunit;

namespace Serving.Style.Tests;

/// <summary>The dependency table of docs/architecture.md: what is not in it may not be referenced.</summary>
public sealed class DependencyTests
{
    private const string Any = "*";

    private static readonly Dictionary<string, string[]> Allowed = ReadTable();

    [Fact]
    public void Source_ProjectReferences_AreThoseOfTheTable() =>
        Violations.MustBeNone(
            SourceTree.Paths("src", ".csproj").SelectMany(Refused),
            "docs/architecture.md, dependencies:");

    [Fact]
    public void Solution_Projects_AreAllInIt()
    {
        string solution = SourceTree.Read("Serving.sln").Replace('\\', '/');
        string[] folders = ["src", "tests", "bench"];
        Violations.MustBeNone(
            folders.SelectMany(folder => SourceTree.Paths(folder, ".csproj"))
                .Where(path => !solution.Contains($"\"{path}\"", StringComparison.Ordinal)),
            "Not in Serving.sln (`dotnet sln add`):");
    }

    [Fact]
    public void Table_LevelZero_ReferencesNothing() => Assert.Empty(Allowed["Data"]);

    [Fact]
    public void Table_Server_DoesNotSeeTrainingOrTables()
    {
        Assert.DoesNotContain("Training", Allowed["Server"]);
        Assert.DoesNotContain("Tables", Allowed["Server"]);
    }

    private static IEnumerable<string> Refused(string project)
    {
        string name = Short(project);
        if (!Allowed.TryGetValue(name, out string[]? allowed))
        {
            return [$"{project}: Serving.{name} is not in the table"];
        }

        return References(project)
            .Where(reference => !allowed.Contains(Any) && !allowed.Contains(reference))
            .Select(reference => $"{project}: may not reference Serving.{reference}");
    }

    private static IEnumerable<string> References(string project) =>
        XDocument.Parse(SourceTree.Read(project)).Descendants("ProjectReference")
            .Select(reference => Short((string)reference.Attribute("Include")!));

    private static string Short(string path) =>
        Path.GetFileNameWithoutExtension(path.Replace('\\', '/')).Replace("Serving.", "", StringComparison.Ordinal);

    /// <summary>Rows of the form `| Engine | Features, Models, Data |` under the heading "Dependencies".</summary>
    private static Dictionary<string, string[]> ReadTable()
    {
        string text = SourceTree.Read("docs/architecture.md");
        int start = text.IndexOf("\n## Dependencies", StringComparison.Ordinal);
        Assert.True(start >= 0, "docs/architecture.md has no section `## Dependencies`.");
        int end = text.IndexOf("\n## ", start + 5, StringComparison.Ordinal);
        return text[start..(end < 0 ? text.Length : end)].Split('\n')
            .Where(line => line.StartsWith("| ", StringComparison.Ordinal))
            .Select(line => line.Split('|', StringSplitOptions.TrimEntries))
            .Where(cells => !cells[1].StartsWith("project", StringComparison.Ordinal))
            .ToDictionary(cells => cells[1], cells => Names(cells[2]), StringComparer.Ordinal);
    }

    private static string[] Names(string cell) => cell switch
    {
        "nothing" => [],
        "any" => [Any],
        _ => cell.Split(',', StringSplitOptions.TrimEntries),
    };
}
