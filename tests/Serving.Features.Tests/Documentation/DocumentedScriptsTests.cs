using System.Collections.Immutable;
using System.Text;
using Serving.Features.Formatting;
using Serving.Features.Testing;
using Serving.Testing;
using Xunit;

namespace Serving.Features.Tests.Documentation;

/// <summary>The scripts that docs/feature-language.md shows: they compile, and their tests pass.</summary>
public sealed class DocumentedScriptsTests
{
    private const int ScriptsLeast = 2;

    [Fact]
    public void Script_OfTheDocumentation_CompilesAndPassesItsTests()
    {
        string text = File.ReadAllText(Path.Combine(SharedFiles.Repository, "docs", "feature-language.md"));
        string[] scripts =
        [
            .. text.Split("```\n").Where(block => block.StartsWith("features ", StringComparison.Ordinal)),
        ];
        Assert.True(scripts.Length >= ScriptsLeast, "the documentation shows fewer scripts than it should");
        foreach (string utf16 in scripts)
        {
            byte[] utf8 = Encoding.UTF8.GetBytes(utf16);
            FeatureScript? script = FeatureScript.Compile(
                utf8, "docs/feature-language.md", out ImmutableArray<Diagnostic> found);
            Assert.True(script is not null, string.Join('\n', found));
            ImmutableArray<ScriptTestResult> results = ScriptTestRunner.Run(script, "docs/feature-language.md");
            Assert.NotEmpty(results);
            Assert.All(results, result => Assert.Empty(result.Failures));
            Assert.NotNull(ScriptFormatter.Format(utf8, "docs/feature-language.md", out _));
        }
    }
}
