using Xunit;

namespace Serving.Engine.Tests.Windows;

/// <summary>Draws cases and compares executions of each with the oracle.</summary>
internal static class CaseComparison
{
    public static Task CompareAsync(ulong firstSeed, int cases, params Execution[] executions) => CompareAsync(
        Enumerable.Range(0, cases).Select(index => CaseGenerator.Draw(unchecked(firstSeed + (ulong)index))),
        executions);

    public static async Task CompareAsync(IEnumerable<WindowCase> cases, params Execution[] executions)
    {
        foreach (WindowCase drawn in cases)
        {
            await CompareOneAsync(drawn, executions);
        }
    }

    /// <summary>As <c>CompareAsync</c>, by as many cases at a time as there are cores.</summary>
    public static Task CompareBesideAsync(ulong firstSeed, int cases, params Execution[] executions) =>
        Parallel.ForAsync(0, cases, async (index, _) =>
            await CompareOneAsync(CaseGenerator.Draw(unchecked(firstSeed + (ulong)index)), executions));

    /// <summary>The first difference of an execution of a case; null where there is none.</summary>
    public static async Task<CaseDifference?> FindAsync(WindowCase drawn, Execution execution)
    {
        var compiled = new CompiledCase(drawn);
        return CaseDifference.Find(compiled, compiled.Expected(), await execution(compiled));
    }

    private static async Task CompareOneAsync(WindowCase drawn, Execution[] executions)
    {
        var compiled = new CompiledCase(drawn);
        string?[]?[] expected = compiled.Expected();
        foreach (Execution execution in executions)
        {
            if (CaseDifference.Find(compiled, expected, await execution(compiled)) is { } difference)
            {
                await FailAsync(drawn, difference, execution);
            }
        }
    }

    private static async Task FailAsync(WindowCase drawn, CaseDifference difference, Execution execution)
    {
        WindowCase smallest = await CaseShrinker.ShrinkAsync(drawn, smaller => FindAsync(smaller, execution));
        CaseDifference? shrunk = await FindAsync(smallest, execution);

        // What shows only now and then may not show in the smallest case again.
        Assert.Fail(shrunk is null
            ? $"seen once, not again:\n{CaseDescription.Of(drawn, difference)}"
            : CaseDescription.Of(smallest, shrunk));
    }
}
