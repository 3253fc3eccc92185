using System.Globalization;
using Serving.Data;

namespace Serving.State.Embedded;

/// <summary>The damaged places of a folder, as far as found. Safe for use by several threads.</summary>
internal sealed class FolderDamage
{
    private const string Advice =
        "restore the folder from a copy, or open it with repair: what is whole is kept, the rest is lost";

    private readonly Lock _lock = new();
    private readonly List<InputProblem> _problems = [];

    /// <summary>Number of places.</summary>
    public long Count { get; private set; }

    /// <summary>The first places.</summary>
    public IReadOnlyList<InputProblem> Problems => _problems;

    /// <summary>Adds a place.</summary>
    public void Add(string path, long offset, string found, string expected)
    {
        lock (_lock)
        {
            if (Count++ < InputException.ProblemsShownMax)
            {
                string place = string.Create(CultureInfo.InvariantCulture, $"{path}, offset {offset}");
                _problems.Add(new InputProblem(place, found, expected, Advice));
            }
        }
    }

    /// <summary>Refuses the folder if there are any.</summary>
    /// <exception cref="InputException">There are; it names them.</exception>
    public void MustBeNone()
    {
        if (Count > 0)
        {
            throw new InputException([.. _problems], Count);
        }
    }
}
