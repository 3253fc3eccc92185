using System.Text.RegularExpressions;
using Xunit;

namespace Serving.Style.Tests;

public sealed class DocumentationTests
{
    private const RegexOptions Options = RegexOptions.NonBacktracking | RegexOptions.ExplicitCapture;

    private static readonly Regex Link = new(@"\[[^\]]*\]\((?<target>[^)\s]+)\)", Options);

    private static readonly Regex PathInCode =
        new(@"`(?<path>(src|tests|docs|bench|charts|models-sample|\.ci)/[A-Za-z0-9_./-]+)`", Options);

    private static readonly Regex NotInSlug = new(@"[^\p{L}\p{N} _-]", Options);

    [Fact]
    public void Documents_LinksAndPaths_LeadSomewhere() =>
        Violations.MustBeNone(Documents().SelectMany(Broken), "Links and paths that lead nowhere:");

    [Theory]
    [InlineData("README.md")]
    [InlineData("docs/architecture.md")]
    [InlineData("docs/testing.md")]
    [InlineData("docs/security.md")]
    public void Documents_OfTheHouse_AreThere(string path) =>
        Assert.True(File.Exists(Path.Combine(SourceTree.Root, path)));

    [Fact]
    public void PublicApi_MissingDocComment_FailsTheBuild()
    {
        string build = SourceTree.Read("Directory.Build.props");
        Assert.Contains("<GenerateDocumentationFile>true</GenerateDocumentationFile>", build, StringComparison.Ordinal);
        Assert.Contains("<TreatWarningsAsErrors>true</TreatWarningsAsErrors>", build, StringComparison.Ordinal);
        Violations.MustBeNone(
            SourceTree.Paths("src", ".csproj").Append("Directory.Build.props")
                .Where(path => path != "src/Serving.Protocol/Serving.Protocol.csproj")
                .Where(path => SourceTree.Read(path).Contains("CS1591", StringComparison.Ordinal)),
            "Only generated code goes without doc comments:");
    }

    [Theory]
    [InlineData("see [that](docs/absent.md)")]
    [InlineData("see `src/Serving.Absent/A.cs`")]
    [InlineData("see [that](README.md#no-such-heading)")]
    public void Broken_LeadsNowhere_IsReported(string text) => Assert.NotEmpty(BrokenIn("README.md", text));

    [Theory]
    [InlineData("see [that](docs/architecture.md#dependencies) and [more](https://example.org/a)")]
    [InlineData("see `src/Serving.Data` and `src/Serving.X/A.cs ...`")]
    public void Broken_LeadsSomewhere_IsFine(string text) => Assert.Empty(BrokenIn("README.md", text));

    private static IEnumerable<string> Documents()
    {
        string[] folders = ["docs", "bench", "models-sample", "charts", "tests", "src"];
        return folders.SelectMany(folder => SourceTree.Paths(folder, ".md"))
            .Concat(Directory.GetFiles(SourceTree.Root, "*.md").Select(path => Path.GetFileName(path)!));
    }

    private static IEnumerable<string> Broken(string document) => BrokenIn(document, SourceTree.Read(document));

    private static IEnumerable<string> BrokenIn(string document, string text)
    {
        string folder = Path.GetDirectoryName(document)!;
        foreach (string target in Link.Matches(text).Select(match => match.Groups["target"].Value))
        {
            string[] parts = target.Split('#', 2);
            bool isRemote = target.Contains("://", StringComparison.Ordinal)
                || target.StartsWith("mailto:", StringComparison.Ordinal);
            string path = parts[0].Length == 0 ? document : Path.Combine(folder, parts[0]);
            if (!isRemote && (!Exists(path) || (parts.Length > 1 && !HasHeading(path, parts[1]))))
            {
                yield return $"{document}: {target}";
            }
        }

        IEnumerable<string> paths = PathInCode.Matches(text).Select(match => match.Groups["path"].Value);
        foreach (string path in paths.Where(path => !Exists(path)))
        {
            yield return $"{document}: `{path}`";
        }
    }

    private static bool Exists(string path)
    {
        string full = Path.Combine(SourceTree.Root, path);
        return File.Exists(full) || Directory.Exists(full);
    }

    private static bool HasHeading(string path, string anchor) =>
        SourceTree.Read(path).Split('\n').Where(line => line.StartsWith('#'))
            .Any(line => string.Equals(Slug(line.TrimStart('#').Trim()), anchor, StringComparison.Ordinal));

    private static string Slug(string heading) =>
        NotInSlug.Replace(heading.ToLowerInvariant(), "").Replace(' ', '-');
}
