using System.Collections.Immutable;
using Serving.Data;

namespace Serving.Models.Import.Onnx;

/// <summary>Collects what is wrong with a model; the first ones are kept, the rest is counted.</summary>
internal sealed class OnnxProblems
{
    private const int FoundCharsMax = 120;

    private readonly ImmutableArray<InputProblem>.Builder _shown = ImmutableArray.CreateBuilder<InputProblem>();

    /// <summary>How many there are.</summary>
    public long Count { get; private set; }

    /// <summary>Adds one; names come from the file and are shortened, because they may be anything.</summary>
    public void Add(string place, string found, string expected, string advice = "")
    {
        Count++;
        if (_shown.Count < InputException.ProblemsShownMax)
        {
            _shown.Add(new InputProblem(Shorten(place), Shorten(found), Shorten(expected), advice));
        }
    }

    /// <summary>Refuses the model where there is any problem.</summary>
    /// <exception cref="InputException">All problems.</exception>
    public void ThrowIfAny()
    {
        if (Count > 0)
        {
            throw new InputException(_shown.ToImmutable(), Count);
        }
    }

    private static string Shorten(string text)
    {
        string shown = text.Length <= FoundCharsMax ? text : text[..FoundCharsMax] + "...";
        return string.Create(shown.Length, shown, static (place, source) =>
        {
            for (int i = 0; i < place.Length; i++)
            {
                place[i] = char.IsControl(source[i]) ? '\u00b7' : source[i];
            }
        });
    }
}
