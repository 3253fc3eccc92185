namespace Serving.Models.Import;

/// <summary>Names that the tools give to features without names.</summary>
internal static class DefaultNames
{
    /// <summary>Whether all names are <c>f0 f1 ...</c>, or all <c>Column_0 Column_1 ...</c>.</summary>
    public static bool Are(IReadOnlyList<string> names) =>
        AreAll(names, "f") || AreAll(names, "Column_");

    private static bool AreAll(IReadOnlyList<string> names, string start)
    {
        for (int i = 0; i < names.Count; i++)
        {
            if (names[i] != $"{start}{i}")
            {
                return false;
            }
        }

        return true;
    }
}
