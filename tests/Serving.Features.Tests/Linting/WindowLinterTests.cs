using Serving.Features.Linting;
using Serving.Features.Tests.Fitting;
using Xunit;

namespace Serving.Features.Tests.Linting;

/// <summary>What lint says of events and windows.</summary>
public sealed class WindowLinterTests
{
    private const string Request =
        "features t 1; request r { id: string; at: time; k: string; n: int; } id id, time at, late 1h;\n";

    private const string Click =
        "event e { id: int; at: time; kn: time; k: string; c: bool; } id id, time at, known kn, late 1h;\n";

    [Theory]
    [InlineData("window w = e by k last 1d; window v = r by k last 1d; "
        + "feature x = smooth(count() over w, count() over v, prior: 0.1, weight: 5);")]
    [InlineData("window w = e by k last 1d; window v = r by k last 1d; "
        + "let a = count() over w; feature x = a / (count() over v);")]
    [InlineData("window w = e by k last 1d; feature x = share(c) over w;")]
    public void Lint_RatioOverLateEventsWithoutDelay_IsW230(string body)
    {
        Assert.Equal(["W230"], Codes(Request + Click + body));
        Assert.Empty(Codes(Request + Click + body.Replace("1d;", "1d delay 7d;", StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData("window v = r by k last 1h, 1d; feature x = (count() over v[1h]) / (count() over v[1d]);")]
    [InlineData("window w = e by k last 1d; feature x = (count() over w) / n;")]
    public void Lint_NoRatioOfLateEvents_SaysNothingOfRatios(string body) =>
        Assert.DoesNotContain("W230", Codes(Request + Click + body));

    [Theory]
    [InlineData("window w = r by k last 1d; feature x = count() over w;", ", late 1h;\n", ";\n", "W231")]
    [InlineData("window w = e by k last 1d; feature x = count() over w;", "known kn", "lag 0s", "W232")]
    [InlineData("window w = e by k last 1d; feature x = count() over w;", "known kn", "known at", "W232")]
    public void Lint_EventDeclaredCarelessly_IsWarnedOf(string body, string from, string to, string code)
    {
        string script = Request + (body.Contains("= e", StringComparison.Ordinal) ? Click : "") + body;
        Assert.Empty(Codes(script));
        Assert.Equal([code], Codes(script.Replace(from, to, StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData("feature x = n; feature y = k -> hash(8);", "W233")]
    [InlineData("window w = e by k last 1d; feature x = n;", "W233 W234")]
    [InlineData("window w = e by k last 1h, 1d; feature x = count() over w[1h] + n;", "W234")]
    [InlineData("window w = e by k last 1d keep 5; feature x = count() over w + n;", "W235")]
    [InlineData("window w = r by (k, id) last 1d; feature x = count() over w + n; "
        + "label y = any(e) on k == k within 1d;", "W236")]
    [InlineData("window w = e by k last 1d keep 5; feature x = distinct(c) over w + n;", "W101")]
    public void Lint_WindowThatDoesNothing_IsWarnedOf(string body, string codes) =>
        Assert.Equal(codes, string.Join(' ', Codes(Request + Click + body)));

    [Fact]
    public void Lint_LabelThatLooksShorterThanTheLag_IsW237()
    {
        string script = Request + Click.Replace("known kn, late 1h", "lag 2h, late 4h", StringComparison.Ordinal)
            + "feature x = n; label y = any(e) on k == k within 1h;";
        Assert.Equal(["W237"], Codes(script));
        Assert.Empty(Codes(script.Replace("within 1h", "within 2h", StringComparison.Ordinal)));
    }

    [Fact]
    public void Lint_LabelThatTheRequestMakesTrue_IsW238()
    {
        const string Label = "feature x = n; label y = any(r) on k == k within 1h;";
        Assert.Equal(["W238"], Codes(Request + Label));
        Assert.Empty(Codes(
            Request + Label.Replace("any(r)", "any(r where id != now.id)", StringComparison.Ordinal)));
    }

    // A name inside a window call is a field of the event, and now.x reads the request.
    [Fact]
    public void Lint_FieldsReadInsideWindowCalls_CountAsRead() => Assert.Equal(
        ["W101"],
        Codes(Request.Replace("n: int;", "n: int; m: int;", StringComparison.Ordinal) + Click
            + "window w = r by k last 1d; window v = e by k last 1d keep 9;"
            + "feature x = sum(n) over w; feature y = count(where id > now.m) over v;"));

    private static string[] Codes(string script) =>
        [
            .. ScriptLinter.Lint(Scripts.Compile(script + "feature of_n = n;"), "t.feat").Select(found => found.Code)
                .Order(),
        ];
}
