using System.Globalization;
using System.Numerics;
using CsCheck;
using Serving.Data.Numerics;
using Xunit;

namespace Serving.Data.Tests.Numerics;

public sealed class ExactRatioTests
{
    [Fact]
    public void ToDouble_SmallIntegers_IsTheDivision() =>
        Gen.Select(Gen.Long[-(1L << 53), 1L << 53], Gen.Long[1, 1L << 53]).Sample(
            (numerator, denominator) =>
                ExactRatio.ToDouble(numerator, denominator).Equals((numerator / (double)denominator) + 0.0));

    /// <summary>The platform's parser is correctly rounded and shares no code with the quotient.</summary>
    [Fact]
    public void ToDouble_PowersOfTen_IsTheParsedDecimal() =>
        Gen.Select(Gen.ULong, Gen.ULong, Gen.Int[0, 360]).Sample((high, low, scale) =>
        {
            BigInteger numerator = ((BigInteger)high << 64) + low;
            double expected = double.Parse(numerator + "E-" + scale, CultureInfo.InvariantCulture);
            return ExactRatio.ToDouble(numerator, BigInteger.Pow(10, scale)).Equals(expected);
        });

    [Theory]
    [InlineData("1", "-2", -0.5)]
    [InlineData("-1", "-2", 0.5)]
    [InlineData("0", "7", 0.0)]
    [InlineData("9007199254740993", "1", 9007199254740992.0)]
    [InlineData("9007199254740995", "1", 9007199254740996.0)]
    [InlineData("18014398509481987", "2", 9007199254740994.0)]
    public void ToDouble_Cases_RoundHalfToEven(string numerator, string denominator, double expected) => Assert.Equal(
        expected,
        ExactRatio.ToDouble(
            BigInteger.Parse(numerator, CultureInfo.InvariantCulture),
            BigInteger.Parse(denominator, CultureInfo.InvariantCulture)));

    [Fact]
    public void ToDouble_BeyondTheRange_Saturates()
    {
        Assert.Equal(double.MaxValue, ExactRatio.ToDouble(BigInteger.One << 5000, 3));
        Assert.Equal(-double.MaxValue, ExactRatio.ToDouble(-(BigInteger.One << 1024), 1));
        Assert.Equal(0.0, ExactRatio.ToDouble(1, BigInteger.One << 1075));
        Assert.Equal(double.Epsilon, ExactRatio.ToDouble(1, (BigInteger.One << 1075) - 1));
        Assert.Equal(2 * double.Epsilon, ExactRatio.ToDouble(3, BigInteger.One << 1075));
    }

    [Fact]
    public void ToDouble_ZeroDenominator_Throws() =>
        Assert.Throws<DivideByZeroException>(() => ExactRatio.ToDouble(1, BigInteger.Zero));
}
