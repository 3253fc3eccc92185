using System.Globalization;
using System.Numerics;
using CsCheck;
using Serving.Data.Numerics;
using Xunit;

namespace Serving.Data.Tests.Numerics;

public sealed class DecimalConversionTests
{
    private static readonly Gen<long> Minor = Gen.OneOf(
        Gen.Long,
        Gen.Long[-1000, 1000],
        Gen.Const(long.MinValue),
        Gen.Const(long.MaxValue),
        Gen.Long[(1L << 53) - 5, (1L << 53) + 5]);

    private static readonly Gen<int> Scale = Gen.Int[0, DecimalConversion.MaxScale];

    [Fact]
    public void ToDouble_AnyDecimal_IsTheParsedText() => Gen.Select(Minor, Scale).Sample((minor, scale) =>
        DecimalConversion.ToDouble(minor, scale).Equals(
            double.Parse(minor + "E-" + scale, CultureInfo.InvariantCulture) + 0.0));

    [Fact]
    public void FromDouble_AnyValue_IsTheExactValueRounded() =>
        Gen.Select(Gen.OneOf(Gen.Double[-1e6, 1e6], Gen.Double[-1e-9, 1e-9], Gen.Double[-1e20, 1e20]), Scale).Sample(
            (value, scale) => DecimalConversion.FromDouble(value, scale) == Rounded(value, scale));

    [Fact]
    public void FromDouble_BinaryFractions_TieToEven() => Gen.Select(Gen.Int[-100_000, 100_000], Gen.Int[0, 3]).Sample(
        (eighths, scale) => DecimalConversion.FromDouble(eighths / 8.0, scale) == Rounded(eighths / 8.0, scale));

    [Theory]
    [InlineData(double.NaN, 2, 0L)]
    [InlineData(double.PositiveInfinity, 2, long.MaxValue)]
    [InlineData(double.NegativeInfinity, 2, long.MinValue)]
    [InlineData(9223372036854775807.0, 0, long.MaxValue)]
    [InlineData(-9223372036854775808.0, 0, long.MinValue)]
    [InlineData(9223372036854774784.0, 0, 9223372036854774784L)]
    [InlineData(1e300, 18, long.MaxValue)]
    [InlineData(0.5, 0, 0L)]
    [InlineData(1.5, 0, 2L)]
    [InlineData(-2.5, 0, -2L)]
    [InlineData(2.675, 2, 267L)]
    [InlineData(double.Epsilon, 18, 0L)]
    public void FromDouble_Cases_GiveTheirValue(double value, int scale, long expected) =>
        Assert.Equal(expected, DecimalConversion.FromDouble(value, scale));

    [Fact]
    public void Rescale_AnyDecimal_IsTheExactValueRounded() => Gen.Select(Minor, Scale, Scale).Sample(
        (minor, from, to) => DecimalConversion.Rescale(minor, from, to)
            == Rounded(minor * BigInteger.Pow(10, to), BigInteger.Pow(10, from)));

    [Theory]
    [InlineData(-1)]
    [InlineData(19)]
    public void ToDouble_ScaleOutOfRange_Throws(int scale) =>
        Assert.Throws<IndexOutOfRangeException>(() => DecimalConversion.ToDouble(1, scale));

    private static long Rounded(double value, int scale)
    {
        // 2^1100 times any double here is whole.
        BigInteger units = FixedPointOracle.From(value);
        return Rounded(units * BigInteger.Pow(10, scale), BigInteger.One << FixedPointOracle.Bits);
    }

    private static long Rounded(BigInteger numerator, BigInteger denominator)
    {
        BigInteger whole = BigInteger.DivRem(BigInteger.Abs(numerator), denominator, out BigInteger rest);
        int order = (rest * 2).CompareTo(denominator);
        if (order > 0 || (order == 0 && !whole.IsEven))
        {
            whole++;
        }

        return (long)BigInteger.Max(long.MinValue, BigInteger.Min(long.MaxValue, numerator.Sign * whole));
    }
}
