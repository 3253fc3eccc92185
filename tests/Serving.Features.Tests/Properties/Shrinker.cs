using System.Collections.Immutable;
using System.Text;

namespace Serving.Features.Tests.Properties;

/// <summary>Makes a failing case smaller: one row, then no declaration that can be left out.</summary>
internal static class Shrinker
{
    public static ScriptCase Shrink(ScriptCase failing, Func<ScriptCase, Difference?> find)
    {
        ScriptCase smallest = failing.Rows.Select(row => failing with { Rows = [row] })
            .FirstOrDefault(oneRow => find(oneRow) is not null) ?? failing;
        for (int index = smallest.Declarations.Count - 1; index >= 0; index--)
        {
            ScriptCase smaller = smallest
                with { Declarations = [.. smallest.Declarations.Where((_, place) => place != index)] };
            if (IsScript(smaller) && find(smaller) is not null)
            {
                smallest = smaller;
            }
        }

        return smallest;
    }

    public static string Describe(ScriptCase drawn, Difference difference) => $"""
        Seed {drawn.Seed}: column '{difference.Column}' is {difference.Left} compiled
        and {difference.Right} interpreted,
        in the row
        {drawn.Rows[difference.Row].Describe(Difference.Compile(drawn).Request)}
        of the script
        {drawn.Script}
        """;

    private static bool IsScript(ScriptCase drawn) =>
        FeatureScript.Compile(Encoding.UTF8.GetBytes(drawn.Script), "smaller.feat",
            out ImmutableArray<Diagnostic> _) is not null;
}
