using System.Collections.Immutable;
using Serving.Features.Testing;
using Xunit;

namespace Serving.Engine.Tests.Windows;

/// <summary>
/// The comparison of drawn cases is worth something: it finds each of several bugs with the cases of every run, and
/// makes of it a test block that holds for the language.
/// </summary>
public sealed class SeededMistakeTests
{
    private const int HarmlessCases = 40;
    private const string Shrunk = "delay ignored";

    public static TheoryData<string> Kinds() => [.. SeededMistakes.All.Keys];

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task DrawnCases_SeededMistake_IsFound(string kind) =>
        Assert.NotNull(await FirstAsync(Executions.Memory(SeededMistakes.All[kind]), _ => true));

    [Fact]
    public async Task DrawnCases_SeedsWithoutMistake_GiveNoDifference()
    {
        foreach (Mistake harmless in SeededMistakes.Harmless)
        {
            await CaseComparison.CompareAsync(1, HarmlessCases, Executions.Memory(harmless));
        }
    }

    [Fact]
    public async Task Shrink_SeededMistake_LeavesATestBlockThatHolds()
    {
        Execution execution = Executions.Memory(SeededMistakes.All[Shrunk]);

        // What a cross gives has no literal.
        WindowCase drawn = (await FirstAsync(
            execution, one => !one.Script.Contains("cross(", StringComparison.Ordinal)))!;
        WindowCase smallest = await CaseShrinker.ShrinkAsync(
            drawn, smaller => CaseComparison.FindAsync(smaller, execution));
        Assert.InRange(smallest.Arrivals.Count, 2, 4);
        CaseDifference difference = (await CaseComparison.FindAsync(smallest, execution))!;
        Assert.Contains($"Seed {drawn.Seed}:", CaseDescription.Of(smallest, difference), StringComparison.Ordinal);
        string text = CaseDescription.ScriptWithTest(smallest, difference);
        Assert.Contains("  expect ", text, StringComparison.Ordinal);
        ImmutableArray<ScriptTestResult> results = ScriptTestRunner.Run(CompiledCase.Compile(text), "drawn.feat");
        Assert.Empty(Assert.Single(results).Failures);
    }

    // The first case that gives a wrong value: a state that is flagged as missing is no find.
    private static async Task<WindowCase?> FirstAsync(Execution execution, Func<WindowCase, bool> isFit)
    {
        for (ulong seed = 1; seed <= WindowEqualityTests.CiCases; seed++)
        {
            WindowCase drawn = CaseGenerator.Draw(seed);
            if (isFit(drawn)
                && await CaseComparison.FindAsync(drawn, execution) is { Column: not CaseDifference.StateColumn })
            {
                TestContext.Current.TestOutputHelper?.WriteLine($"found by the case of seed {seed}");
                return drawn;
            }
        }

        return null;
    }
}
