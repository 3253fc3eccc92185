using System.Collections.Immutable;
using System.Text;
using Serving.Features.Comparison;
using Serving.Features.Formatting;
using Serving.Features.Tests.Properties;
using Xunit;

namespace Serving.Features.Tests.Formatting;

public sealed class ScriptFormatterTests
{
    private const int Scripts = 200;

    [Fact]
    public void Format_DrawnScripts_MeansTheSameAndIsStable()
    {
        for (ulong seed = 0; seed < Scripts; seed++)
        {
            string script = ScriptGenerator.Draw(seed).Script;
            string formatted = Format(script);
            Assert.Equal(formatted, Format(formatted));
            Assert.Empty(ScriptComparison.Compare(Compile(script), Compile(formatted)));
        }
    }

    [Fact]
    public void Format_Comments_KeepsAll()
    {
        const string Script = """
            # 1
            features t 1; # 2
            request r { # 3
              id: string; # 4
              at: time; n: int; # 5
            } # 6
            id id, # 7
            time at; # 8
            feature x = n # 9
              -> edges(1, # 10
                2); # 11
            test "a" { # 12
              when r { id: "a", # 13
                at: 2026-01-01T00:00:00Z, n: 1 }; # 14
              # 15
              expect x == 1; # 16
            } # 17
            # 18
            """;
        string formatted = Format(Script);
        Assert.Equal(formatted, Format(formatted));
        Assert.All(Enumerable.Range(1, 18), number => Assert.Matches($"# {number}(\n|$)", formatted));
    }

    private static string Format(string script)
    {
        string? text = ScriptFormatter.Format(
            Encoding.UTF8.GetBytes(script), "t.feat", out ImmutableArray<Diagnostic> diagnostics);
        Assert.Empty(diagnostics);
        return text!;
    }

    private static FeatureScript Compile(string text)
    {
        FeatureScript? script = FeatureScript.Compile(
            Encoding.UTF8.GetBytes(text), "t.feat", out ImmutableArray<Diagnostic> diagnostics);
        Assert.Empty(diagnostics);
        return script!;
    }
}
