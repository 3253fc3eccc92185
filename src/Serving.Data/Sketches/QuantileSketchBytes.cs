using System.Buffers.Binary;

namespace Serving.Data.Sketches;

/// <summary>
/// A sketch as bytes, little-endian: <c>KLL1</c>, k (4), state of the coins (8), least and greatest value (8 each),
/// levels (4), then for each level its count (4) and its values (8 each).
/// </summary>
public static class QuantileSketchBytes
{
    private const uint Magic = 0x314C4C4B;
    private const int HeadBytes = 36;

    // A sketch that grew by itself holds less than 3 k and a few values a level; a merged one no more.
    private const int HeldMaxFactor = 4;

    /// <summary>The bytes of a sketch; equal sketches have equal bytes.</summary>
    public static byte[] Write(QuantileSketch sketch)
    {
        byte[] bytes = new byte[HeadBytes + (sketch.LevelCount * 4) + (sketch.HeldCount * 8)];
        Span<byte> rest = bytes;
        BinaryPrimitives.WriteUInt32LittleEndian(rest, Magic);
        BinaryPrimitives.WriteInt32LittleEndian(rest[4..], sketch.K);
        BinaryPrimitives.WriteUInt64LittleEndian(rest[8..], sketch.State);
        BinaryPrimitives.WriteDoubleLittleEndian(rest[16..], sketch.Min);
        BinaryPrimitives.WriteDoubleLittleEndian(rest[24..], sketch.Max);
        BinaryPrimitives.WriteInt32LittleEndian(rest[32..], sketch.LevelCount);
        rest = rest[HeadBytes..];
        for (int level = 0; level < sketch.LevelCount; level++)
        {
            ReadOnlySpan<double> values = sketch.LevelAt(level);
            BinaryPrimitives.WriteInt32LittleEndian(rest, values.Length);
            rest = rest[4..];
            foreach (double value in values)
            {
                BinaryPrimitives.WriteDoubleLittleEndian(rest, value);
                rest = rest[8..];
            }
        }

        return bytes;
    }

    /// <summary>The sketch in the bytes. Total on hostile bytes, in memory linear in their length.</summary>
    /// <exception cref="InputException">The bytes are no sketch.</exception>
    public static QuantileSketch Read(ReadOnlySpan<byte> bytes)
    {
        Require(bytes.Length >= HeadBytes && BinaryPrimitives.ReadUInt32LittleEndian(bytes) == Magic, "another start");
        int k = BinaryPrimitives.ReadInt32LittleEndian(bytes[4..]);
        ulong state = BinaryPrimitives.ReadUInt64LittleEndian(bytes[8..]);
        double least = BinaryPrimitives.ReadDoubleLittleEndian(bytes[16..]);
        double greatest = BinaryPrimitives.ReadDoubleLittleEndian(bytes[24..]);
        int count = BinaryPrimitives.ReadInt32LittleEndian(bytes[32..]);
        Require(k is >= QuantileSketch.KMin and <= QuantileSketch.KMax, $"k = {k}");
        Require(count is > 0 and <= QuantileSketch.LevelsMax, $"{count} levels");
        ReadOnlySpan<byte> rest = bytes[HeadBytes..];
        double[][] levels = new double[count][];
        long held = 0;
        Int128 all = 0;
        for (int level = 0; level < count; level++)
        {
            levels[level] = ReadLevel(ref rest, (least, greatest));
            held += levels[level].Length;
            all += (Int128)levels[level].Length << level;
        }

        Require(rest.IsEmpty, $"{rest.Length} bytes behind the last level");
        Require(held <= (long)HeldMaxFactor * k + (count * 16), $"{held} values");
        Require(all <= long.MaxValue, "more values than can be counted");
        bool isRange = held == 0
            ? double.IsPositiveInfinity(least) && double.IsNegativeInfinity(greatest)
            : double.IsFinite(least) && double.IsFinite(greatest);
        Require(isRange, "a least and a greatest value that are none");
        return new QuantileSketch(k, state, levels, (least, greatest));
    }

    private static double[] ReadLevel(ref ReadOnlySpan<byte> rest, (double Least, double Greatest) range)
    {
        Require(rest.Length >= 4, "an end within a level");
        int size = BinaryPrimitives.ReadInt32LittleEndian(rest);
        rest = rest[4..];
        Require(size >= 0 && size <= rest.Length / 8, $"a level of {size} values");
        double[] values = new double[size];
        for (int index = 0; index < size; index++)
        {
            values[index] = BinaryPrimitives.ReadDoubleLittleEndian(rest[(index * 8)..]);
            Require(values[index] >= range.Least && values[index] <= range.Greatest, "a value outside its range");
        }

        rest = rest[(size * 8)..];
        return values;
    }

    private static void Require(bool isGood, string found)
    {
        if (!isGood)
        {
            throw new InputException(new InputProblem("sketch", found, "a KLL sketch of format KLL1"));
        }
    }
}
