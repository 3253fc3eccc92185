using System.Collections.Immutable;
using System.Text;
using Serving.Features.Comparison;
using Xunit;

namespace Serving.Features.Tests.Comparison;

public sealed class ScriptComparisonTests
{
    private const string Request =
        "request r { id: string; at: time; n: int; bad: bool; } id id, time at;\n";

    [Fact]
    public void Compare_AnotherZone_ChangesOnlyWhatReadsIt()
    {
        const string Body = Request + """
            let h = hour(at);
            feature a = h + 1;
            feature b = hour(at, "Europe/Berlin");
            feature c = years_between(at, at);
            feature d = n;
            """;
        Assert.Equal(
            ["a changed", "c changed"],
            Differences("features t 1 zone \"UTC\";" + Body, "features t 1 zone \"Asia/Tokyo\";" + Body));
    }

    [Fact]
    public void Compare_AnotherLabel_ChangesWhatIsFittedAgainstIt()
    {
        const string Body = "features t 1;" + Request + "feature a = n -> tree(4); feature b = n -> quantiles(4);\n";
        Assert.Equal(["a changed"], Differences(Body + "label y = bad;", Body + "label y = not bad;"));
    }

    [Fact]
    public void Compare_LetsThatReadTwo_TakesLittleMemory()
    {
        string script = "features t 1;" + Request + "let x0 = n; let x1 = n;"
            + string.Concat(Enumerable.Range(2, 200).Select(index => $"let x{index} = x{index - 1} + x{index - 2};"))
            + "feature a = x201;";
        string changed = script.Replace("x0 = n", "x0 = n + 1", StringComparison.Ordinal);
        Assert.Equal(["a changed"], Differences(script, changed));
    }

    private static string[] Differences(string old, string current) =>
    [
        .. ScriptComparison.Compare(Compile(old), Compile(current))
            .Select(found => $"{found.Feature} {found.Change}"),
    ];

    private static FeatureScript Compile(string text)
    {
        FeatureScript? script = FeatureScript.Compile(
            Encoding.UTF8.GetBytes(text), "t.feat", out ImmutableArray<Diagnostic> diagnostics);
        Assert.Empty(diagnostics);
        return script!;
    }
}
