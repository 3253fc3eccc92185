using Xunit;

namespace Serving.Features.Tests.Properties;

/// <summary>
/// The comparison of drawn scripts is worth something: it finds each of ten mistakes with the scripts of every run.
/// </summary>
public sealed class SeededBugTests
{
    private const ulong CiScripts = 300;

    public static TheoryData<string> Kinds() => [.. SeededBug.All.Keys];

    [Theory]
    [MemberData(nameof(Kinds))]
    public void DrawnScripts_SeededBug_IsFound(string kind)
    {
        for (ulong seed = 1; seed <= CiScripts; seed++)
        {
            ScriptCase drawn = ScriptGenerator.Draw(seed);
            if (Find(drawn) is not null)
            {
                AssertShrinks(drawn);
                return;
            }
        }

        Assert.Fail($"no script out of {CiScripts} shows the bug");

        Difference? Find(ScriptCase drawn) => Difference.Find(drawn, SeededBug.All[kind]);

        void AssertShrinks(ScriptCase drawn)
        {
            ScriptCase smallest = Shrinker.Shrink(drawn, Find);
            Assert.Single(smallest.Rows);
            Assert.InRange(smallest.Declarations.Count, 1, drawn.Declarations.Count);
            Difference difference = Find(smallest)!;
            Assert.Contains($"column '{difference.Column}'", Shrinker.Describe(smallest, difference),
                StringComparison.Ordinal);
        }
    }
}
