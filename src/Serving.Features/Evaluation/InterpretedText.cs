using System.Text;
using Serving.Features.Unicode;

namespace Serving.Features.Evaluation;

/// <summary>The string functions on present UTF-8 strings (section 3.6).</summary>
internal static class InterpretedText
{
    /// <summary>Number of code points (R65).</summary>
    public static int Length(byte[] text) => text.Count(IsFirstByte);

    /// <summary>The first code points (R65).</summary>
    public static byte[] Prefix(byte[] text, long count)
    {
        int end = 0;
        for (long taken = 0; taken < count && end < text.Length; taken++)
        {
            end++;
            while (end < text.Length && !IsFirstByte(text[end]))
            {
                end++;
            }
        }

        return text[..end];
    }

    /// <summary>Fields from .. from + count - 1, counted from 0; missing where there are fewer (R65).</summary>
    public static byte[]? Part(byte[] text, byte[] separator, long from, long count)
    {
        string one = Encoding.UTF8.GetString(separator);
        string[] fields = Encoding.UTF8.GetString(text).Split(one, StringSplitOptions.None);
        if ((Int128)from + count > fields.Length)
        {
            return null;
        }

        return Encoding.UTF8.GetBytes(string.Join(one, fields.Skip((int)from).Take((int)count)));
    }

    /// <summary>Without its trailing ASCII digits.</summary>
    public static byte[] StripDigits(byte[] text)
    {
        int end = text.Length;
        while (end > 0 && IsDigit(text[end - 1]))
        {
            end--;
        }

        return text[..end];
    }

    /// <summary>A to Z as a to z; every other byte as it is.</summary>
    public static byte[] LowerAscii(byte[] text) =>
        [.. text.Select(one => one is >= (byte)'A' and <= (byte)'Z' ? (byte)(one + 32) : one)];

    /// <summary>NFC(simple case folding(NFC(text))) of Unicode 15.0 (R66).</summary>
    public static byte[] Fold(byte[] text)
    {
        byte[] destination = [];
        int end = CaseFolding.Fold(text, ref destination, 0);
        return destination[..end];
    }

    /// <summary>The host of a URL or e-mail address in lower case; missing when there is none (R67).</summary>
    public static byte[]? Host(byte[] text)
    {
        string all = Encoding.UTF8.GetString(text);
        int scheme = all.IndexOf("://", StringComparison.Ordinal);
        string host;
        if (scheme >= 0)
        {
            string rest = all[(scheme + 3)..];
            int end = rest.IndexOfAny(['/', '?', '#']);
            host = end < 0 ? rest : rest[..end];
            host = host[(host.LastIndexOf('@') + 1)..];
            host = WithoutPort(host);
        }
        else if (all.Contains('@', StringComparison.Ordinal))
        {
            host = all[(all.LastIndexOf('@') + 1)..];
        }
        else
        {
            return null;
        }

        return host.Length == 0 ? null : LowerAscii(Encoding.UTF8.GetBytes(host));
    }

    // A port is a colon with at least one digit behind it, at the end.
    private static string WithoutPort(string host)
    {
        int colon = host.LastIndexOf(':');
        bool isPort = colon >= 0 && colon < host.Length - 1 && host[(colon + 1)..].All(char.IsAsciiDigit);
        return isPort ? host[..colon] : host;
    }

    private static bool IsFirstByte(byte one) => (one & 0xC0) != 0x80;

    private static bool IsDigit(byte one) => one is >= (byte)'0' and <= (byte)'9';
}
