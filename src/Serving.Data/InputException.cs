using System.Collections.Immutable;

namespace Serving.Data;

/// <summary>
/// An input (file, script, model, bundle) is wrong; carries all of its problems. The commands end with 3.
/// </summary>
public sealed class InputException : Exception
{
    /// <summary>Problems shown at most; the rest is counted.</summary>
    public const int ProblemsShownMax = 50;

    /// <summary>Makes the exception of all problems found.</summary>
    /// <param name="problems">The first <see cref="ProblemsShownMax"/> problems.</param>
    /// <param name="problemCount">How many there were in all; 0 means as many as are given.</param>
    public InputException(ImmutableArray<InputProblem> problems, long problemCount = 0)
        : base(MessageOf(problems, Math.Max(problemCount, problems.Length)))
    {
        Problems = problems;
        ProblemCount = Math.Max(problemCount, problems.Length);
    }

    /// <summary>Makes the exception of one problem.</summary>
    public InputException(InputProblem problem)
        : this([problem])
    {
    }

    /// <summary>The problems, at most <see cref="ProblemsShownMax"/>.</summary>
    public ImmutableArray<InputProblem> Problems { get; }

    /// <summary>How many problems there were.</summary>
    public long ProblemCount { get; }

    private static string MessageOf(ImmutableArray<InputProblem> problems, long count)
    {
        string text = string.Join('\n', problems);
        return count > problems.Length ? $"{text}\n... and {count - problems.Length} more" : text;
    }
}
