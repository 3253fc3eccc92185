using System.Numerics;

namespace Serving.State.Embedded;

/// <summary>
/// Sizes of blocks: multiples of 16 up to 256 bytes, then 16 steps for each doubling. A block is at most 1/16 larger
/// than asked for, 3 % in the mean: with steps of a quarter it would be 11 %, and 1 M raw tails would not fit 1.2 GB.
/// </summary>
internal static class SizeClasses
{
    /// <summary>Number of classes: up to 2 MiB, twice the greatest blob.</summary>
    public const int Count = 16 + (16 * 13);

    private const int SmallMax = 256;
    private const int SmallStepBits = 4;

    /// <summary>The class of the smallest block that holds so many bytes. REQUIRES: 1 to 2 MiB.</summary>
    public static int Of(int bytes)
    {
        if (bytes <= SmallMax)
        {
            return (bytes - 1) >> SmallStepBits;
        }

        // Blocks of (2^e, 2^(e+1)] come in steps of 2^(e-4).
        int exponent = BitOperations.Log2((uint)(bytes - 1));
        int step = (bytes - 1 - (1 << exponent)) >> (exponent - 4);
        return 16 + ((exponent - 8) * 16) + step;
    }

    /// <summary>Bytes of a block of a class.</summary>
    public static int BytesOf(int sizeClass)
    {
        if (sizeClass < 16)
        {
            return (sizeClass + 1) << SmallStepBits;
        }

        int exponent = 8 + ((sizeClass - 16) >> 4);
        return (1 << exponent) + ((((sizeClass - 16) & 15) + 1) << (exponent - 4));
    }
}
