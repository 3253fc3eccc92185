using Serving.Engine.Versions;
using Xunit;

namespace Serving.Engine.Tests.Versions;

public sealed class VersionPolicyTests
{
    // A version is NUMBER STATE FLAGS: w wanted, c changed, d drained; the act names the version.
    [Theory]
    [InlineData("1 New w", "Load 1")]
    [InlineData("1 New w, 2 New w", "Load 2")]
    [InlineData("1 New -", "Forget 1")]
    [InlineData("1 New wc", "Replace 1")]
    [InlineData("1 Loading w, 2 New w", "None")]
    [InlineData("1 Loading -", "None")]
    [InlineData("1 Ready w, 2 Failed w", "None")]
    [InlineData("1 Ready w, 2 Failed wc", "Replace 2")]
    [InlineData("1 Ready w, 2 Failed -", "Forget 2")]
    [InlineData("1 Ready -", "None")]
    [InlineData("1 Ready -, 2 Failed w", "None")]
    [InlineData("1 Ready -, 2 Loading w", "None")]
    [InlineData("1 Ready -, 2 Ready w", "Drain 1")]
    [InlineData("1 Ready w, 2 Ready -", "Drain 2")]
    [InlineData("1 Ready -, 2 Ready -", "Drain 1")]
    [InlineData("1 Ready wc", "None")]
    [InlineData("1 Draining -, 2 Ready w", "None")]
    [InlineData("1 Draining -d, 2 Ready w", "Retire 1")]
    [InlineData("1 Retired -, 2 Ready w", "None")]
    [InlineData("1 Retired w, 2 Ready w", "Replace 1")]
    [InlineData("1 Ready w, 2 Ready w, 3 Ready w", "None")]
    public void Next_Situation_GivesTheAct(string versions, string expected)
    {
        VersionView[] views = [.. versions.Split(", ").Select(View)];
        bool isLoading = Array.Exists(views, view => view.State is VersionState.Loading or VersionState.Warming);
        (VersionAct act, int index) = VersionPolicy.Next(views, isLoading);
        Assert.Equal(expected, act == VersionAct.None ? "None" : $"{act} {views[index].Version}");
    }

    private static VersionView View(string text)
    {
        string[] words = text.Split(' ');
        return new VersionView(
            long.Parse(words[0]), Enum.Parse<VersionState>(words[1]), words[2].Contains('w'), words[2].Contains('c'),
            words[2].Contains('d'));
    }
}
