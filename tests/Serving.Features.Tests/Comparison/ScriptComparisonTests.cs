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

    [Theory]
    [InlineData("last 1h, 1d", "last 1h, 1d, 7d", "a_7d added", "b_7d added", "d_7d added")]
    [InlineData("last 1h, 1d", "last 1h, 2d", "a_1d removed", "b_1d removed", "d_1d removed",
        "a_2d added", "b_2d added", "d_2d added")]
    [InlineData("last 1h, 1d", "last 1h, 1d step 1m", "a_1d changed", "b_1d changed", "d_1d changed")]
    [InlineData("keep 9", "keep 8", "b_1h changed", "b_1d changed")]
    [InlineData("where v > 1", "where v > 2", "a_1h changed", "a_1d changed", "b_1h changed", "b_1d changed",
        "c changed", "d_1h changed", "d_1d changed")]
    [InlineData("late 2h", "late 3h", "a_1h changed", "a_1d changed", "b_1h changed", "b_1d changed", "c changed",
        "d_1h changed", "d_1d changed")]
    [InlineData("w: int;", "w: float;", "c changed")]
    [InlineData("u: int;", "u: float;")]
    [InlineData("by k last 9h", "by (k, j) last 9h", "e changed")]
    public void Compare_WindowsAndEvents_ChangesWhatReadsThem(string from, string to, params string[] differences)
    {
        const string Script = """
            features t 1;
            request r { id: string; at: time; k: string; j: string; n: int; } id id, time at, late 1h;
            event e { id: int; at: time; k: string; v: int; w: int; u: int; } id id, time at, lag 1m, late 2h;
            window x = e by k last 1h, 1d where v > 1 keep 9;
            window y = r by k last 9h;
            feature a = count() over x;
            feature b = distinct(v) over x;
            feature c = sum(w) over x[1h] > 3;
            let half = sum(v) over x;
            feature d = half / 2;
            feature e = count() over y;
            feature f = n;
            """;
        Assert.Equal(
            differences.Order(),
            Differences(Script, Script.Replace(from, to, StringComparison.Ordinal)).Order());
    }

    [Fact]
    public void Compare_AnotherWindow_SaysWhichItReads()
    {
        string script = "features t 1;" + Request + "window w = r by n last 1h; feature a = count() over w;";
        ScriptDifference found = Assert.Single(ScriptComparison.Compare(
            Compile(script), Compile(script.Replace("1h", "2h", StringComparison.Ordinal))));
        Assert.Equal("it reads window w", found.Why);
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
