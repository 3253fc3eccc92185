using System.Collections.Immutable;
using System.CommandLine;
using Serving.Features;
using Serving.Features.Explanation;

namespace Serving.Cli.CommandLine;

/// <summary><c>--state-budget SIZE</c>: the greatest state that a key may have.</summary>
internal static class StateBudgetOption
{
    public static Option<string?> Create() => new("--state-budget")
    {
        Description = "Greatest state per key, e.g. 8KB (1,000 bytes each) or 8KiB.",
    };

    /// <summary>The bytes of a budget; null without one.</summary>
    /// <exception cref="UsageException">It is no size.</exception>
    public static long? Parse(string? text)
    {
        if (text is null)
        {
            return null;
        }

        return SizeText.TryParse(text, out long bytes)
            ? bytes
            : throw new UsageException($"--state-budget {text}: a size is expected, e.g. 8KB or 64KiB");
    }

    /// <summary>Refuses a script whose state is above the budget.</summary>
    /// <returns>The warnings about its state.</returns>
    /// <exception cref="ScriptException">It is above the budget.</exception>
    public static ImmutableArray<Diagnostic> Check(FeatureScript script, string path, long? budgetBytes)
    {
        ImmutableArray<Diagnostic> found = StateBudget.Check(script, path, budgetBytes);
        return found.Any(one => one.IsError)
            ? throw new ScriptException(ScriptFile.Text(script.Utf8.ToArray(), found))
            : found;
    }
}
