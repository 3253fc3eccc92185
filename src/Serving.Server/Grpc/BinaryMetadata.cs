using Microsoft.Extensions.Primitives;

namespace Serving.Server.Grpc;

/// <summary>
/// Values of metadata whose name ends with <c>-bin</c>: base64, with or without padding, several with commas.
/// </summary>
internal static class BinaryMetadata
{
    /// <summary>Whether all values can be read.</summary>
    public static bool IsReadable(StringValues values)
    {
        foreach (string? value in values)
        {
            foreach (Range part in (value ?? "").AsSpan().Split(','))
            {
                if (!IsBase64((value ?? "").AsSpan(part).Trim()))
                {
                    return false;
                }
            }
        }

        return true;
    }

    private static bool IsBase64(ReadOnlySpan<char> text)
    {
        ReadOnlySpan<char> digits = text.TrimEnd('=');
        int padding = text.Length - digits.Length;
        if (digits.Length % 4 == 1 || padding > 2 || (padding > 0 && text.Length % 4 != 0))
        {
            return false;
        }

        foreach (char digit in digits)
        {
            if (!char.IsAsciiLetterOrDigit(digit) && digit is not ('+' or '/'))
            {
                return false;
            }
        }

        return true;
    }
}
