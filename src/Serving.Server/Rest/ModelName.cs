namespace Serving.Server.Rest;

/// <summary>Names of models: <c>^[a-z0-9][a-z0-9_.-]{0,127}$</c>, so that no name is a path.</summary>
internal static class ModelName
{
    /// <summary>What is said of a text that is none.</summary>
    public const string Refusal = "found a model name that is none, expected 1 to 128 lower-case letters, digits, '_', "
        + "'.' or '-', beginning with a letter or digit";

    private const int LengthMax = 128;

    /// <summary>Whether a text is a name.</summary>
    public static bool IsValid(string text)
    {
        if (text.Length is 0 or > LengthMax || !(char.IsAsciiDigit(text[0]) || char.IsAsciiLetterLower(text[0])))
        {
            return false;
        }

        foreach (char character in text)
        {
            if (!char.IsAsciiDigit(character) && !char.IsAsciiLetterLower(character)
                && character is not ('_' or '.' or '-'))
            {
                return false;
            }
        }

        return true;
    }
}
