using Xunit;

namespace Serving.Features.Tests.Properties;

/// <summary>Compiled and interpreted programs give the same bits for drawn scripts and rows.</summary>
public sealed class EvaluatorsTests
{
    private const int CiScripts = 300;
    private const int NightlyScripts = 10_000;

    [Fact]
    public void DrawnScripts_BothEvaluators_GiveTheSameBits() => Compare(firstSeed: 1, CiScripts);

    [Fact]
    [Trait("Category", "Nightly")]
    public void ManyDrawnScripts_BothEvaluators_GiveTheSameBits()
    {
        Assert.SkipUnless(
            Environment.GetEnvironmentVariable("SERVING_NIGHTLY") == "1",
            "10,000 scripts run in the nightly job: SERVING_NIGHTLY=1");
        Compare((ulong)Random.Shared.NextInt64(), NightlyScripts);
    }

    /// <summary>
    /// The interpreter alone, so that what the generator draws is well typed and total whatever the compiler does.
    /// </summary>
    [Fact]
    public void DrawnScripts_Interpreter_EvaluatesAll()
    {
        var coverage = new Coverage();
        for (ulong seed = 1; seed <= CiScripts; seed++)
        {
            ScriptCase drawn = ScriptGenerator.Draw(seed);
            coverage.Add(Difference.Compile(drawn));
            Assert.Null(Difference.Find(drawn, FeatureProgram.CreateInterpreter));
        }

        Assert.Empty(coverage.Missing);
    }

    private static void Compare(ulong firstSeed, int scripts)
    {
        for (int index = 0; index < scripts; index++)
        {
            ScriptCase drawn = ScriptGenerator.Draw(firstSeed + (ulong)index);
            if (FindDifference(drawn) is not null)
            {
                ScriptCase smallest = Shrinker.Shrink(drawn, FindDifference);
                Assert.Fail(Shrinker.Describe(smallest, FindDifference(smallest)!));
            }
        }
    }

    private static Difference? FindDifference(ScriptCase drawn) => Difference.Find(drawn, FeatureProgram.Create);
}
