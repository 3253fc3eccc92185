using System.Numerics;
using CsCheck;
using Serving.Data.Numerics;
using Xunit;

namespace Serving.Data.Tests.Numerics;

public sealed class PortableMathTests
{
    private const int Count = 60;

    [Fact]
    public void Exp_AnyArgument_IsNearestToOracle() =>
        Gen.Double[-600, 600].Sample(x => Nearest(PortableMath.Exp(x), FixedPointOracle.Exp(Fixed(x))), iter: Count);

    [Fact]
    public void Log_AnyArgument_IsNearestToOracle() =>
        Gen.Double[1e-3, 1e6].Sample(
            x => Nearest(PortableMath.Log(x), FixedPointOracle.Log(Fixed(x), Math.Log(x))), iter: Count / 4);

    [Fact]
    public void Log1p_AnyArgument_IsNearestToOracle() =>
        Gen.Double[-0.99, 3].Sample(
            x => Nearest(PortableMath.Log1p(x), FixedPointOracle.Log(Fixed(x) + Fixed(1), Math.Log(1 + x))),
            iter: Count / 4);

    [Fact]
    public void Pow_AnyArguments_IsNearestToOracle() =>
        Gen.Select(Gen.Double[0.01, 100], Gen.Double[-30, 30]).Sample(
            (x, y) =>
            {
                BigInteger log = FixedPointOracle.Log(Fixed(x), Math.Log(x));
                BigInteger power = FixedPointOracle.Exp(log * Fixed(y) >> FixedPointOracle.Bits);
                return Nearest(PortableMath.Pow(x, y), power);
            },
            iter: Count / 4);

    [Fact]
    public void SinAndCos_AnyArgument_AreNearestToOracle() =>
        Gen.Double[-200, 200].Sample(
            x => Nearest(PortableMath.Sin(x), FixedPointOracle.Sin(Fixed(x)))
                && Nearest(PortableMath.Cos(x), FixedPointOracle.Cos(Fixed(x))),
            iter: Count / 2);

    [Fact]
    public void Asin_AnyArgument_IsNearestToOracle() =>
        Gen.Double[-0.999, 0.999].Sample(
            x => Nearest(PortableMath.Asin(x), FixedPointOracle.Asin(Fixed(x), Math.Asin(x))), iter: Count / 6);

    [Theory]
    [InlineData("log", 0.0, 0.0)]
    [InlineData("log", -1.0, 0.0)]
    [InlineData("log1p", -1.0, 0.0)]
    [InlineData("log1p", -1.5, 0.0)]
    [InlineData("asin", 1.0000000000000002, 0.0)]
    [InlineData("asin", -7.0, 0.0)]
    [InlineData("pow", 0.0, -1.0)]
    [InlineData("pow", -2.0, 0.5)]
    [InlineData("pow", -2.0, 1e-300)]
    public void Function_OutsideItsDomain_IsNaN(string name, double x, double y) =>
        Assert.True(double.IsNaN(PortableMathVectorTests.Evaluate(name, x, y)));

    [Theory]
    [InlineData(0.0, 0.0, 1.0)]
    [InlineData(-5.0, 0.0, 1.0)]
    [InlineData(0.0, 0.5, 0.0)]
    [InlineData(-2.0, 3.0, -8.0)]
    [InlineData(-2.0, 4.0, 16.0)]
    [InlineData(-10.0, -1.0, -0.1)]
    [InlineData(-1.0, 9007199254740993.0, 1.0)]
    [InlineData(10.0, 308.0, 1e308)]
    [InlineData(10.0, 309.0, double.PositiveInfinity)]
    [InlineData(-10.0, 309.0, double.NegativeInfinity)]
    [InlineData(10.0, -400.0, 0.0)]
    [InlineData(10.0, 22.0, 1e22)]
    [InlineData(10.0, -5.0, 1e-5)]
    [InlineData(3.0, 34.0, 16677181699666568.0)]
    public void Pow_SpecialCases_GiveTheirValue(double x, double y, double expected) =>
        Assert.Equal(expected, PortableMath.Pow(x, y));

    /// <summary>Arguments that no expression of the language can give must still come to an end.</summary>
    [Theory]
    [InlineData(double.NaN)]
    [InlineData(double.PositiveInfinity)]
    [InlineData(double.NegativeInfinity)]
    [InlineData(-0.0)]
    [InlineData(double.Epsilon)]
    [InlineData(double.MaxValue)]
    [InlineData(double.MinValue)]
    public void EveryFunction_ExtremeArgument_Ends(double x)
    {
        double[] partners = [x, 1.0, -1.0, 0.3, 1e300, 1e-300, double.NaN, double.PositiveInfinity];
        foreach (string name in new[] { "exp", "exp2", "log", "log1p", "sin", "cos", "asin" })
        {
            double result = PortableMathVectorTests.Evaluate(name, x, 0.0);
            Assert.True(result <= double.PositiveInfinity || double.IsNaN(result));
        }

        foreach (double partner in partners)
        {
            _ = PortableMath.Pow(x, partner);
            _ = PortableMath.Pow(partner, x);
        }
    }

    [Fact]
    public void FirstPath_OrdinaryArguments_AllocatesNothing()
    {
        _ = RunAll();
        long before = GC.GetAllocatedBytesForCurrentThread();
        double sum = RunAll();
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
        Assert.True(double.IsFinite(sum));
    }

    private static double RunAll()
    {
        double sum = 0.0;
        for (int i = 1; i < 40; i++)
        {
            double x = i * 0.37;
            sum += PortableMath.Exp(x) + PortableMath.Exp2(-x) + PortableMath.Log(x) + PortableMath.Log1p(x);
            sum += PortableMath.Sin(x) + PortableMath.Cos(x) + PortableMath.Asin(x / 40.0) + PortableMath.Pow(x, 1.3);
            sum += PortableMath.Sin(x * 1e12);
        }

        return sum;
    }

    private static BigInteger Fixed(double x) => FixedPointOracle.From(x);

    private static bool Nearest(double candidate, BigInteger value) => FixedPointOracle.IsNearest(candidate, value);
}
