using Serving.Data;

namespace Serving.Engine.Offline.Windows;

/// <summary>Problems of several pieces: the first are kept, the rest is counted. One thread.</summary>
internal sealed class ProblemCollection
{
    private readonly List<InputProblem> _problems = [];
    private long _count;

    /// <summary>Whether there is one.</summary>
    public bool Any => _count > 0;

    /// <summary>Adds those of a piece; null is none.</summary>
    public void Add(InputException? wrong)
    {
        if (wrong is not null)
        {
            _count += wrong.ProblemCount;
            _problems.AddRange(wrong.Problems.Take(InputException.ProblemsShownMax - _problems.Count));
        }
    }

    /// <summary>Throws what was added, if anything.</summary>
    /// <exception cref="InputException">There is a problem; holds all of them.</exception>
    public void ThrowIfAny()
    {
        if (Any)
        {
            throw new InputException([.. _problems], _count);
        }
    }
}
