using System.Collections.Immutable;
using Serving.Data;

namespace Serving.NativeModels.SavedModel;

/// <summary>Collects what is wrong with a SavedModel; keeps the first problems and counts the rest.</summary>
internal sealed class FileProblems
{
    private const int TextShownMax = 80;

    private readonly ImmutableArray<InputProblem>.Builder _shown = ImmutableArray.CreateBuilder<InputProblem>();

    /// <summary>How many there are.</summary>
    public long Count { get; private set; }

    /// <summary>Adds a problem.</summary>
    public void Add(string place, string found, string expected, string advice = "")
    {
        Count++;
        if (_shown.Count < InputException.ProblemsShownMax)
        {
            _shown.Add(new InputProblem(place, found, expected, advice));
        }
    }

    /// <summary>Throws what was found; the steps after a broken one would see what no longer fits.</summary>
    /// <exception cref="InputException">There is a problem.</exception>
    public void ThrowIfAny()
    {
        if (Count > 0)
        {
            throw new InputException(_shown.ToImmutable(), Count);
        }
    }

    /// <summary>The exception of one problem that ends the reading.</summary>
    public static InputException One(string place, string found, string expected, string advice = "") =>
        new(new InputProblem(place, found, expected, advice));

    /// <summary>A name of the file in quotes, shortened and without control characters.</summary>
    public static string Quote(string text)
    {
        string shown = text.Length > TextShownMax ? text[..TextShownMax] + "..." : text;
        return $"'{string.Create(shown.Length, shown, static (span, from) =>
        {
            for (int i = 0; i < span.Length; i++)
            {
                span[i] = char.IsControl(from[i]) || char.IsSurrogate(from[i]) ? '?' : from[i];
            }
        })}'";
    }
}
