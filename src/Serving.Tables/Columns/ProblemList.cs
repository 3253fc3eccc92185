using System.Collections.Immutable;
using Serving.Data;

namespace Serving.Tables.Columns;

/// <summary>Collects problems: the first are kept, the rest is counted. One thread.</summary>
internal sealed class ProblemList
{
    private ImmutableArray<InputProblem>.Builder? _problems;

    /// <summary>Problems so far.</summary>
    public long Count { get; private set; }

    /// <summary>Whether a problem added now would still be shown, so that its words are worth making.</summary>
    public bool TakesWords => Count < InputException.ProblemsShownMax;

    public void Clear()
    {
        Count = 0;
        _problems = null;
    }

    public void Add(InputProblem problem)
    {
        if (TakesWords)
        {
            (_problems ??= ImmutableArray.CreateBuilder<InputProblem>()).Add(problem);
        }

        Count++;
    }

    /// <summary>Counts a problem whose words are not made.</summary>
    public void AddUnseen() => Count++;

    public void ThrowIfAny()
    {
        if (_problems is not null)
        {
            throw new InputException(_problems.ToImmutable(), Count);
        }
    }
}
