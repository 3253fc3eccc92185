using System.Buffers;
using System.Text;

namespace Serving.Features.Unicode;

/// <summary>The text functions fold and lower_ascii over UTF-8.</summary>
/// <remarks>
/// fold(s) = NFC(simpleFold(NFC(s))) with the foldings of status C and S of Unicode 15.0.0 (R66), from tables of our
/// own: the platform's would change with its release. Any thread may call; each thread keeps two buffers of code
/// points, which grow with the longest text folded on it. Nothing else is allocated for ordinary text.
/// </remarks>
internal static class CaseFolding
{
    // One code point of the longest plain text (4,096 bytes) per element, so that they seldom grow.
    private const int FirstBufferLength = 4096;
    private const int MaxUtf8Length = 4;

    [ThreadStatic]
    private static int[]? _points;

    [ThreadStatic]
    private static int[]? _spare;

    /// <summary>Writes fold(utf8) into the destination from an offset on.</summary>
    /// <param name="utf8">The text; bytes that are not UTF-8 count as U+FFFD, as one per maximal invalid part.</param>
    /// <param name="destination">Receives the result; replaced by a longer array where it is too short.</param>
    /// <param name="destinationOffset">Where the result begins; what stands before is kept.</param>
    /// <returns>The length of the result in bytes, which may be above that of the text.</returns>
    public static int Fold(ReadOnlySpan<byte> utf8, ref byte[] destination, int destinationOffset)
    {
        EnsureLength(ref destination, destinationOffset, utf8.Length);
        if (Ascii.IsValid(utf8))
        {
            return LowerAscii(utf8, ref destination, destinationOffset);
        }

        int[] points = _points ??= new int[FirstBufferLength];
        int[] spare = _spare ??= new int[FirstBufferLength];
        if (points.Length < utf8.Length)
        {
            points = new int[utf8.Length];
        }

        int count = Decode(utf8, points);
        count = Normalization.Compose(ref points, count, ref spare);
        FoldPoints(points.AsSpan(0, count));
        count = Normalization.Compose(ref points, count, ref spare);
        _points = points;
        _spare = spare;
        return Encode(points.AsSpan(0, count), ref destination, destinationOffset);
    }

    /// <summary>Writes the text with A to Z in lower case and all other bytes as they are.</summary>
    /// <returns>The length of the text.</returns>
    public static int LowerAscii(ReadOnlySpan<byte> utf8, ref byte[] destination, int destinationOffset)
    {
        EnsureLength(ref destination, destinationOffset, utf8.Length);
        Span<byte> target = destination.AsSpan(destinationOffset, utf8.Length);
        for (int i = 0; i < target.Length; i++)
        {
            byte value = utf8[i];
            target[i] = (uint)(value - 'A') < 26 ? (byte)(value | 0x20) : value;
        }

        return utf8.Length;
    }

    private static int Decode(ReadOnlySpan<byte> utf8, Span<int> points)
    {
        int count = 0;
        while (!utf8.IsEmpty)
        {
            if (utf8[0] < 0x80)
            {
                points[count++] = utf8[0];
                utf8 = utf8[1..];
                continue;
            }

            // The rune is U+FFFD where the status is not Done.
            OperationStatus status = Rune.DecodeFromUtf8(utf8, out Rune rune, out int used);
            points[count++] = status == OperationStatus.Done ? rune.Value : Rune.ReplacementChar.Value;
            utf8 = utf8[used..];
        }

        return count;
    }

    private static void FoldPoints(Span<int> points)
    {
        foreach (ref int point in points)
        {
            if ((uint)(point - 'A') < 26)
            {
                point |= 0x20;
            }
            else if (point >= 0x80 && (UnicodeTables.Record(point) & UnicodeTables.Folds) != 0)
            {
                point = UnicodeTables.Fold(point);
            }
        }
    }

    private static int Encode(ReadOnlySpan<int> points, ref byte[] destination, int destinationOffset)
    {
        int at = destinationOffset;
        foreach (int point in points)
        {
            if (destination.Length - at < MaxUtf8Length)
            {
                EnsureLength(ref destination, at, MaxUtf8Length);
            }

            if (point < 0x80)
            {
                destination[at++] = (byte)point;
            }
            else
            {
                at += new Rune(point).EncodeToUtf8(destination.AsSpan(at));
            }
        }

        return at - destinationOffset;
    }

    private static void EnsureLength(ref byte[] destination, int offset, int length)
    {
        if (destination.Length - offset < length)
        {
            Array.Resize(ref destination, Math.Max(destination.Length * 2, offset + length));
        }
    }
}
