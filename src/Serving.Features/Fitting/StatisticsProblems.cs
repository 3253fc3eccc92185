using System.Collections.Immutable;
using Serving.Data;

namespace Serving.Features.Fitting;

/// <summary>The problems found in a statistics file: the first ones are kept, the rest counted.</summary>
internal sealed class StatisticsProblems(string path)
{
    private const int FoundLengthMax = 80;

    private readonly ImmutableArray<InputProblem>.Builder _shown = ImmutableArray.CreateBuilder<InputProblem>();

    /// <summary>How many there are.</summary>
    public long Count { get; private set; }

    /// <summary>Adds a problem at a place inside the file, e.g. <c>encoders[3].borders</c>.</summary>
    public void Add(string place, string found, string expected)
    {
        if (Count++ < InputException.ProblemsShownMax)
        {
            string shown = found.Length <= FoundLengthMax ? found : $"{found[..FoundLengthMax]}...";
            _shown.Add(new InputProblem(place.Length == 0 ? path : $"{path}: {place}", shown, expected));
        }
    }

    /// <summary>Adds a problem where a check does not hold.</summary>
    public void Check(bool holds, string place, string found, string expected)
    {
        if (!holds)
        {
            Add(place, found, expected);
        }
    }

    /// <summary>Throws them all.</summary>
    /// <exception cref="InputException">There are problems.</exception>
    public void ThrowIfAny()
    {
        if (Count > 0)
        {
            throw new InputException(_shown.ToImmutable(), Count);
        }
    }
}
