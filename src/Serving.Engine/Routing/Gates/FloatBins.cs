using System.Diagnostics;
using Serving.Data;

namespace Serving.Engine.Routing.Gates;

/// <summary>
/// Counts of numbers by the upper half of their binary32: sign, exponent and 7 bits, so neighbouring bins lie 0.8 %
/// apart, in the order of the numbers. Any number has a bin. Adding is atomic and allocates nothing; reading beside it
/// sees each count at one of its moments.
/// </summary>
internal sealed class FloatBins
{
    /// <summary>Number of bins.</summary>
    public const int Count = 1 << 16;

    private readonly int[] _counts = new int[Count];

    /// <summary>Counts a number. NaN is nobody's score.</summary>
    [HotPath]
    public void Add(double value)
    {
        Debug.Assert(!double.IsNaN(value), "a score is finite");
        Interlocked.Increment(ref _counts[BinOf(value)]);
    }

    /// <summary>The bins that are not empty, in order.</summary>
    public BinCounts Read()
    {
        var bins = new List<ushort>();
        var counts = new List<long>();
        for (int bin = 0; bin < Count; bin++)
        {
            int count = Volatile.Read(ref _counts[bin]);
            if (count != 0)
            {
                bins.Add((ushort)bin);
                counts.Add((uint)count);
            }
        }

        return new BinCounts([.. bins], [.. counts]);
    }

    /// <summary>The bin of a number: greater numbers have no lower bin.</summary>
    public static int BinOf(double value)
    {
        int bits = BitConverter.SingleToInt32Bits((float)value);
        uint ordered = bits < 0 ? ~(uint)bits : (uint)bits | 0x8000_0000;
        return (int)(ordered >> 16);
    }

    /// <summary>A number in the middle of a bin.</summary>
    public static double ValueOf(int bin)
    {
        uint ordered = ((uint)bin << 16) | 0x8000;
        int bits = (ordered & 0x8000_0000) != 0 ? (int)(ordered & 0x7FFF_FFFF) : (int)~ordered;
        return BitConverter.Int32BitsToSingle(bits);
    }
}
