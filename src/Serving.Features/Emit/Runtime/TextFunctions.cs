using Serving.Features.Unicode;

namespace Serving.Features.Emit.Runtime;

/// <summary>
/// Text functions as emitted code calls them: handles in, handles out; <see cref="CompiledFrame.MissingText"/> is
/// missing. Results that are a part of their argument point into it, others are written behind the row's texts.
/// </summary>
internal static class TextFunctions
{
    /// <summary>Order of two texts by UTF-8 bytes: negative, 0, positive (R21).</summary>
    public static int CompareText(long left, long right, CompiledFrame frame) =>
        frame.Text(left).SequenceCompareTo(frame.Text(right));

    public static bool EqualText(long left, long right, CompiledFrame frame) =>
        frame.Text(left).SequenceEqual(frame.Text(right));

    public static bool EqualLiteral(long text, int literal, CompiledFrame frame) =>
        frame.Text(text).SequenceEqual(frame.Tables.Texts[literal]);

    public static long MinText(long left, long right, CompiledFrame frame) =>
        CompareText(left, right, frame) <= 0 ? left : right;

    public static long MaxText(long left, long right, CompiledFrame frame) =>
        CompareText(left, right, frame) >= 0 ? left : right;

    public static long LowerAscii(long text, CompiledFrame frame)
    {
        ReadOnlySpan<byte> bytes = frame.Text(text);
        Span<byte> lower = frame.ReserveText(bytes.Length);
        for (int index = 0; index < bytes.Length; index++)
        {
            byte value = bytes[index];
            lower[index] = value is >= (byte)'A' and <= (byte)'Z' ? (byte)(value | 0x20) : value;
        }

        return frame.EndText(bytes.Length);
    }

    public static long FoldText(long text, CompiledFrame frame)
    {
        byte[] arena = frame.Scratch;
        int length = CaseFolding.Fold(frame.Text(text), ref arena, frame.ScratchLength);
        frame.ReplaceScratch(arena);
        return frame.EndText(length);
    }

    /// <summary>Number of code points: bytes that do not continue one.</summary>
    public static long LengthOf(long text, CompiledFrame frame)
    {
        long count = 0;
        foreach (byte value in frame.Text(text))
        {
            count += IsContinuation(value) ? 0 : 1;
        }

        return count;
    }

    /// <summary>The first code points.</summary>
    public static long PrefixOf(long text, int codePoints, CompiledFrame frame)
    {
        ReadOnlySpan<byte> bytes = frame.Text(text);
        int end = 0;
        for (int taken = 0; end < bytes.Length; end++)
        {
            if (!IsContinuation(bytes[end]) && taken++ == codePoints)
            {
                break;
            }
        }

        return CompiledFrame.Slice(text, 0, end);
    }

    /// <summary>
    /// Fields from .. from + count - 1 of a text split at a separator (R65); they lie side by side in it.
    /// </summary>
    public static long PartOf(long text, int separatorLiteral, int from, int count, CompiledFrame frame)
    {
        ReadOnlySpan<byte> bytes = frame.Text(text);
        ReadOnlySpan<byte> separator = frame.Tables.Texts[separatorLiteral];
        int start = SkipFields(bytes, separator, 0, from);
        if (start < 0)
        {
            return CompiledFrame.MissingText;
        }

        int last = SkipFields(bytes, separator, start, count - 1);
        if (last < 0)
        {
            return CompiledFrame.MissingText;
        }

        int length = bytes[last..].IndexOf(separator);
        int end = length < 0 ? bytes.Length : last + length;
        return CompiledFrame.Slice(text, start, end - start);
    }

    public static long StripDigits(long text, CompiledFrame frame)
    {
        ReadOnlySpan<byte> bytes = frame.Text(text);
        int end = bytes.Length;
        while (end > 0 && IsDigit(bytes[end - 1]))
        {
            end--;
        }

        return CompiledFrame.Slice(text, 0, end);
    }

    /// <summary>Host of a URL or of an e-mail address in lower case (R67).</summary>
    public static long HostOf(long text, CompiledFrame frame)
    {
        ReadOnlySpan<byte> bytes = frame.Text(text);
        int scheme = bytes.IndexOf("://"u8);
        int start;
        int end;
        if (scheme >= 0)
        {
            start = scheme + 3;
            int length = bytes[start..].IndexOfAny("/?#"u8);
            end = length < 0 ? bytes.Length : start + length;
            start += bytes[start..end].LastIndexOf((byte)'@') + 1;
            end = WithoutPort(bytes, start, end);
        }
        else
        {
            start = bytes.LastIndexOf((byte)'@') + 1;
            end = start == 0 ? 0 : bytes.Length;
        }

        return start >= end
            ? CompiledFrame.MissingText
            : LowerAscii(CompiledFrame.Slice(text, start, end - start), frame);
    }

    // Place behind a number of fields from a start, or -1 where there are fewer.
    private static int SkipFields(ReadOnlySpan<byte> bytes, ReadOnlySpan<byte> separator, int start, int fields)
    {
        for (int field = 0; field < fields; field++)
        {
            int next = bytes[start..].IndexOf(separator);
            if (next < 0)
            {
                return -1;
            }

            start += next + separator.Length;
        }

        return start;
    }

    private static int WithoutPort(ReadOnlySpan<byte> bytes, int start, int end)
    {
        int digits = end;
        while (digits > start && IsDigit(bytes[digits - 1]))
        {
            digits--;
        }

        return digits < end && digits > start && bytes[digits - 1] == ':' ? digits - 1 : end;
    }

    private static bool IsContinuation(byte value) => (value & 0xC0) == 0x80;

    private static bool IsDigit(byte value) => value is >= (byte)'0' and <= (byte)'9';
}
