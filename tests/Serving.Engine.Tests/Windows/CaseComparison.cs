namespace Serving.Engine.Tests.Windows;

/// <summary>Draws cases and compares an execution of each with the oracle.</summary>
internal static class CaseComparison
{
    public static async Task CompareAsync(ulong firstSeed, int cases, Func<Task<StoreSubject>> open)
    {
        for (int index = 0; index < cases; index++)
        {
            WindowCase drawn = CaseGenerator.Draw(firstSeed + (ulong)index);
            if (await FindAsync(drawn, open, Mistake.None) is not null)
            {
                WindowCase smallest = await CaseShrinker.ShrinkAsync(
                    drawn, smaller => FindAsync(smaller, open, Mistake.None));
                CaseDifference? difference = await FindAsync(smallest, open, Mistake.None);
                Assert.Fail(CaseDescription.Of(smallest, difference!));
            }
        }
    }

    /// <summary>The first difference of an execution of a case; null where there is none.</summary>
    public static async Task<CaseDifference?> FindAsync(
        WindowCase drawn, Func<Task<StoreSubject>> open, Mistake mistake)
    {
        var compiled = new CompiledCase(drawn);
        string?[]?[] expected = compiled.Expected();
        await using StoreSubject subject = await open();
        return await CaseDifference.FindAsync(compiled, expected, subject, mistake);
    }
}
