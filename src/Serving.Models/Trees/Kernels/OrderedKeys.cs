namespace Serving.Models.Trees.Kernels;

/// <summary>
/// Integers in the order of floating point numbers: sign-magnitude turned into two's complement. -0 and 0 are equal;
/// the
/// infinities lie strictly inside the integers' range, so that the least and greatest integer can stand for missing.
/// </summary>
internal static class OrderedKeys
{
    public static long Of(double value)
    {
        long bits = BitConverter.DoubleToInt64Bits(value + 0.0);
        return bits ^ ((bits >> 63) & long.MaxValue);
    }

    public static int Of(float value)
    {
        int bits = BitConverter.SingleToInt32Bits(value + 0.0f);
        return bits ^ ((bits >> 31) & int.MaxValue);
    }
}
