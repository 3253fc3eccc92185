using System.Buffers.Text;
using System.Text;

namespace Serving.Models.Import.LightGbm;

/// <summary>Numbers as LightGBM writes them: separated by blanks, <c>inf</c> and <c>nan</c> as words.</summary>
internal static class LightGbmNumbers
{
    /// <summary>All numbers of a line.</summary>
    public static double[] Doubles(ReadOnlySpan<byte> text, string place)
    {
        List<double> numbers = [];
        while (TakeWord(ref text, out ReadOnlySpan<byte> word))
        {
            numbers.Add(Double(word, place));
        }

        return [.. numbers];
    }

    /// <summary>All whole numbers of a line, each within bounds.</summary>
    public static int[] Integers(ReadOnlySpan<byte> text, string place, int least, int most)
    {
        List<int> numbers = [];
        while (TakeWord(ref text, out ReadOnlySpan<byte> word))
        {
            numbers.Add(Integer(word, place, least, most));
        }

        return [.. numbers];
    }

    /// <summary>The words of bit sets.</summary>
    public static uint[] Words(ReadOnlySpan<byte> text, string place)
    {
        List<uint> numbers = [];
        while (TakeWord(ref text, out ReadOnlySpan<byte> word))
        {
            numbers.Add(Utf8Parser.TryParse(word, out uint value, out int used) && used == word.Length
                ? value
                : throw Wrong(word, place, "32-bit words"));
        }

        return [.. numbers];
    }

    public static int Integer(ReadOnlySpan<byte> word, string place, int least, int most) =>
        Utf8Parser.TryParse(word, out int value, out int used) && used == word.Length && value >= least && value <= most
            ? value
            : throw Wrong(word, place, $"an integer from {least} to {most}");

    public static double Double(ReadOnlySpan<byte> word, string place)
    {
        ReadOnlySpan<byte> plain = word.Length > 0 && word[0] is (byte)'-' or (byte)'+' ? word[1..] : word;
        double sign = word.Length > 0 && word[0] == (byte)'-' ? -1 : 1;
        if (Ascii.EqualsIgnoreCase(plain, "inf"u8) || Ascii.EqualsIgnoreCase(plain, "infinity"u8))
        {
            return sign * double.PositiveInfinity;
        }

        if (Ascii.EqualsIgnoreCase(plain, "nan"u8))
        {
            return double.NaN;
        }

        return plain.Length > 0 && (char.IsAsciiDigit((char)plain[0]) || plain[0] == (byte)'.')
            && Utf8Parser.TryParse(plain, out double value, out int used) && used == plain.Length
            ? sign * value
            : throw Wrong(word, place, "a number");
    }

    private static bool TakeWord(ref ReadOnlySpan<byte> text, out ReadOnlySpan<byte> word)
    {
        text = text.TrimStart((byte)' ');
        int end = text.IndexOf((byte)' ');
        word = end < 0 ? text : text[..end];
        text = text[word.Length..];
        return word.Length > 0;
    }

    private static Data.InputException Wrong(ReadOnlySpan<byte> word, string place, string expected) =>
        ImportProblem.Of(place, $"\"{Encoding.UTF8.GetString(word[..Math.Min(word.Length, 60)])}\"", expected);
}
