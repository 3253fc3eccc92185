using Serving.Data;

namespace Serving.Models.Import;

/// <summary>Makes the exception of a model file that is refused.</summary>
internal static class ImportProblem
{
    private const int FoundCharsMax = 120;

    /// <summary>A refusal; what was found is shortened, because it may be anything.</summary>
    public static InputException Of(string place, string found, string expected, string advice = "") =>
        new(new InputProblem(place, Shorten(found), expected, advice));

    public static InputException Range(string place, long found, long least, long most) =>
        Of(place, found.ToString(), $"a number from {least} to {most}");

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
