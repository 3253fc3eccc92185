namespace Serving.Server.Rest;

/// <summary>
/// The path as it stands in the request line. Kestrel removes dot segments and decodes most escapes before anybody sees
/// them, so what a path hides is found here alone.
/// </summary>
internal static class RawPath
{
    /// <summary>
    /// Whether a path has no dot segment, no backslash, and no escape that stands for a separator, a dot, a percent
    /// sign or a control character.
    /// </summary>
    public static bool IsPlain(string target)
    {
        int end = target.AsSpan().IndexOfAny('?', '#');
        ReadOnlySpan<char> path = end < 0 ? target : target.AsSpan(0, end);
        foreach (Range segment in path.Split('/'))
        {
            if (path[segment] is "." or "..")
            {
                return false;
            }
        }

        for (int index = 0; index < path.Length; index++)
        {
            char character = path[index];
            if (character is '\\' or < ' ')
            {
                return false;
            }

            if (character == '%' && !IsHarmless(path[(index + 1)..]))
            {
                return false;
            }
        }

        return true;
    }

    private static bool IsHarmless(ReadOnlySpan<char> rest)
    {
        if (rest.Length < 2 || !char.IsAsciiHexDigit(rest[0]) || !char.IsAsciiHexDigit(rest[1]))
        {
            return false;
        }

        int value = Convert.ToInt32(rest[..2].ToString(), 16);
        return value is >= ' ' and not ('/' or '\\' or '%' or '.' or 0x7f);
    }
}
