using System.Collections.Immutable;
using Serving.Data;

namespace Serving.Engine.Bundles;

/// <summary>Collects what is wrong with a bundle: the first 50 problems and the count of all. One thread.</summary>
internal sealed class BundleProblems
{
    private readonly ImmutableArray<InputProblem>.Builder _problems = ImmutableArray.CreateBuilder<InputProblem>();

    /// <summary>How many there are.</summary>
    public long Count { get; private set; }

    /// <summary>The first of them.</summary>
    public ImmutableArray<InputProblem> Shown => _problems.ToImmutable();

    /// <summary>Notes a problem.</summary>
    public void Add(string place, string found, string expected, string advice = "")
    {
        Count++;
        if (_problems.Count < InputException.ProblemsShownMax)
        {
            _problems.Add(new InputProblem(Shorten(place), Shorten(found), expected, advice));
        }
    }

    /// <summary>Takes over the problems of a part.</summary>
    public void Add(InputException exception)
    {
        foreach (InputProblem problem in exception.Problems)
        {
            Count++;
            if (_problems.Count < InputException.ProblemsShownMax)
            {
                _problems.Add(problem);
            }
        }

        Count += exception.ProblemCount - exception.Problems.Length;
    }

    /// <summary>Takes over the problems of what stands in a folder.</summary>
    public void AddBelow(string folder, BundleProblems found)
    {
        foreach (InputProblem problem in found.Shown)
        {
            Add(folder + problem.Place, problem.Found, problem.Expected, problem.Advice);
        }

        Count += found.Count - found.Shown.Length;
    }

    /// <summary>The exception of all of them. REQUIRES: there is one.</summary>
    public InputException ToException() => new(Shown, Count);

    /// <summary>Throws when there is a problem.</summary>
    public void ThrowIfAny()
    {
        if (Count > 0)
        {
            throw ToException();
        }
    }

    // Hostile names must not fill a log or write control characters to a terminal.
    private static string Shorten(string text)
    {
        string cut = text.Length > 200 ? text[..200] + "..." : text;
        return string.Concat(cut.Select(character => char.IsControl(character) ? '?' : character));
    }
}
