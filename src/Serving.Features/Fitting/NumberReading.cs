using System.Globalization;
using Serving.Features.Types;

namespace Serving.Features.Fitting;

/// <summary>Numbers of any type as binary64 (R9, R11).</summary>
internal static class NumberReading
{
    private const long ExactMax = 1L << 53;

    private static readonly double[] Powers = [1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9];

    /// <summary>The binary64 nearest to the value of a slot, ties to even.</summary>
    public static double Read(long slot, TypeKind kind, int scale) => kind switch
    {
        TypeKind.Float => BitConverter.Int64BitsToDouble(slot),
        TypeKind.Decimal when slot is >= -ExactMax and <= ExactMax => slot / Powers[scale],
        TypeKind.Decimal => double.Parse($"{slot}E-{scale}", CultureInfo.InvariantCulture),
        _ => slot,
    };
}
