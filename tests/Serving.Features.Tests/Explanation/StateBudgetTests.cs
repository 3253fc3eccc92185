using System.Collections.Immutable;
using Serving.Features.Explanation;
using Serving.Features.Tests.Fitting;
using Xunit;

namespace Serving.Features.Tests.Explanation;

/// <summary>The state that windows keep, by steps, and what a budget says of it.</summary>
public sealed class StateBudgetTests
{
    private const string Head = """
        features t 1;
        request txn { id: string; at: time; card: string; terminal: string; amount: decimal(2); } id id, time at, late 1h;

        """;

    [Fact]
    public void Check_TilesAboveTheBudget_NamesTheLargestAndTheUsualStep()
    {
        FeatureScript script = Scripts.Compile(Head + """
            window term = txn by terminal last 1d, 7d, 30d step 1h;
            feature n = mean(amount) over term;
            """);
        Diagnostic found = Assert.Single(StateBudget.Check(script, "t.feat", 8000));
        Assert.Equal(("E090", 3, 1), (found.Code, found.Line, found.Column));
        Assert.Equal(
            "state of a hot terminal up to 14.4 KB > budget 8 KB; largest: term 30d step 1h (720 tiles x 20 B)",
            found.Message);
        Assert.Equal("use step 1d", found.Help);
        Assert.Empty(StateBudget.Check(script, "t.feat", 15_000));
        Assert.Empty(StateBudget.Check(script, "t.feat", null));
    }

    [Fact]
    public void Check_SuggestedStep_Fits() => Assert.Empty(StateBudget.Check(
        Scripts.Compile(Head + """
            window term = txn by terminal last 1d, 7d, 30d step 1d;
            feature n = mean(amount) over term;
            """),
        "t.feat",
        8000));

    [Fact]
    public void Check_KeptRecordsAboveTheBudget_NamesHowManyFit()
    {
        FeatureScript script = Scripts.Compile(Head + """
            window card = txn by card last 1h keep 512;
            feature n = distinct(amount) over card;
            """);
        ImmutableArray<Diagnostic> found = StateBudget.Check(script, "t.feat", 8000);
        Assert.Equal(["W101", "E090"], found.Select(one => one.Code));
        Assert.Equal("distinct() keeps raw events: up to 512 x 44 B per card", found[0].Message);
        Assert.Equal("use keep 181", found[1].Help);
    }

    [Fact]
    public void Check_NoBudget_WarnsAbove64Kilobytes()
    {
        FeatureScript script = Scripts.Compile(Head + """
            window card = txn by card last 30d step 1s;
            feature n = count() over card;
            """);
        Diagnostic found = Assert.Single(StateBudget.Check(script, "t.feat", null));
        Assert.Equal("W102", found.Code);
        Assert.Contains("2592000 tiles", found.Message, StringComparison.Ordinal);
        Assert.Equal("use step 1d", found.Help);
    }

    // Ages up to 1h in minutes, to 1d in hours, to 7d in 6 hours, to 30d in days (4.3: at most 130 tiles).
    [Fact]
    public void Explain_FourSpans_CountsTilesOfEveryStep()
    {
        LogExplanation log = Assert.Single(ScriptExplanation.Of(Scripts.Compile(Head + """
            window card = txn by card last 1h, 1d, 7d, 30d;
            feature n = count() over card;
            """)).State);
        Assert.Equal(
            ["1m 60", "1h 23", "6h 24", "1d 23"], log.Levels.Select(level => $"{level.Step} {level.Tiles}"));
        Assert.Equal(24 + (130 * 12), log.BoundBytes);
    }

    // A delay keeps hours until it is over: 8 days of them (4.3).
    [Fact]
    public void Explain_DelayedWindow_KeepsTheHoursOfTheDelay()
    {
        LogExplanation log = Assert.Single(ScriptExplanation.Of(Scripts.Compile(Head + """
            window term = txn by terminal last 1d, 7d, 30d delay 7d;
            feature n = count() over term;
            """)).State);
        Assert.Equal(
            ["1h 192", "6h 24", "1d 23"], log.Levels.Select(level => $"{level.Step} {level.Tiles}"));
    }

    [Fact]
    public void Explain_WindowsOfOneKey_ShareOneRead()
    {
        var found = ScriptExplanation.Of(Scripts.Compile(Head + """
            window a = txn by card last 1h;
            window b = txn by card last lifetime;
            window c = txn by (card, terminal) last 1h;
            feature n = count() over a + count() over b + count() over c;
            feature m = sum(amount) over b;
            """));
        Assert.Equal(["card", "card,terminal"], found.State.Select(log => string.Join(',', log.Key)));
        Assert.Equal(["a", "b"], found.State[0].Windows);
        Assert.Equal(3, found.State[0].Values);
        Assert.Equal(1, found.State[0].Levels[^1].Tiles);
        Assert.Equal(["a", "b", "c"], found.Items[0].Reads);
        Assert.Equal(["b"], found.Items[1].Reads);
    }

    [Theory]
    [InlineData("712", 712, "712 B")]
    [InlineData("8KB", 8000, "8 KB")]
    [InlineData("8 kB", 8000, "8 KB")]
    [InlineData("17.25KB", 17_250, "17.3 KB")]
    [InlineData("1KiB", 1024, "1 KB")]
    [InlineData("1.5MB", 1_500_000, "1.5 MB")]
    public void SizeText_OfSizes_ReadsAndWrites(string text, long bytes, string written)
    {
        Assert.True(SizeText.TryParse(text, out long found));
        Assert.Equal(bytes, found);
        Assert.Equal(written, SizeText.Of(found));
    }

    [Theory]
    [InlineData("")]
    [InlineData("KB")]
    [InlineData("8 XB")]
    [InlineData("-8KB")]
    [InlineData("0")]
    [InlineData("1e9")]
    [InlineData("99999999999999999999GB")]
    public void SizeText_OfOtherText_ReadsNothing(string text) => Assert.False(SizeText.TryParse(text, out _));
}
