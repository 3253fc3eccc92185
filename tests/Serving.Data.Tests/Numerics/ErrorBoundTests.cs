using System.Numerics;
using Serving.Data.Numerics;
using Xunit;

namespace Serving.Data.Tests.Numerics;

/// <summary>
/// Correct rounding rests on the error bounds of the first paths. Here the true errors are measured against the
/// oracle; they must stay below half of the bound (measured with 1,500 arguments each: below a quarter).
/// </summary>
public sealed class ErrorBoundTests
{
    private const int Count = 40;

    [Fact]
    public void Exp_Error_IsBelowHalfOfTheBound() => Measure(
        random => (random.NextDouble() - 0.5) * 60.0,
        (double x, out double error) =>
        {
            DoubleDouble value = ExpKernel.ExpOf(new DoubleDouble(x, 0.0), out int exponent);
            double unit = Math.ScaleB(1.0, exponent);
            error = ExpKernel.RelativeError * value.High * unit;
            return new DoubleDouble(value.High * unit, value.Low * unit);
        },
        x => FixedPointOracle.Exp(FixedPointOracle.From(x)));

    [Theory]
    [InlineData(-9.9, 9.9)]
    [InlineData(-0.4, 0.4)]
    [InlineData(-0.008, 0.008)]
    [InlineData(-1e-6, 1e-6)]
    public void Log_Error_IsBelowHalfOfTheBound(double low, double high) => Measure(
        random => Math.Pow(2.0, low + (random.NextDouble() * (high - low))),
        (double x, out double error) => LogKernel.Approximate(x, 0.0, out error),
        x => FixedPointOracle.Log(FixedPointOracle.From(x), Math.Log(x)));

    [Theory]
    [InlineData(-9.9, 9.9)]
    [InlineData(-0.008, 0.008)]
    public void LogForPow_Error_IsBelowHalfOfTheBound(double low, double high) => Measure(
        random => Math.Pow(2.0, low + (random.NextDouble() * (high - low))),
        LogKernel.Accurate,
        x => FixedPointOracle.Log(FixedPointOracle.From(x), Math.Log(x)));

    [Theory]
    [InlineData(0.5)]
    [InlineData(1e-3)]
    [InlineData(1e-9)]
    public void Log1p_Error_IsBelowHalfOfTheBound(double size) => Measure(
        random => (random.NextDouble() - 0.5) * size,
        (double x, out double error) =>
        {
            DoubleDouble sum = DoubleDouble.Sum(1.0, x);
            return LogKernel.Approximate(sum.High, sum.Low, out error);
        },
        x => FixedPointOracle.Log(FixedPointOracle.From(1.0) + FixedPointOracle.From(x), Math.Log(1.0 + x)));

    [Theory]
    [InlineData(100.0, 0.0)]
    [InlineData(0.01, 0.0)]
    [InlineData(0.01, 3.141592653589793)]
    [InlineData(0.01, 11.0)]
    public void Sin_Error_IsBelowHalfOfTheBound(double spread, double middle) => Measure(
        random => middle + ((random.NextDouble() - 0.5) * spread),
        (double x, out double error) => TrigKernel.Approximate(x, 0, out error),
        x => FixedPointOracle.Sin(FixedPointOracle.From(x)));

    [Theory]
    [InlineData(100.0, 0.0)]
    [InlineData(0.01, 0.0)]
    [InlineData(0.01, 1.5707963267948966)]
    public void Cos_Error_IsBelowHalfOfTheBound(double spread, double middle) => Measure(
        random => middle + ((random.NextDouble() - 0.5) * spread),
        (double x, out double error) => TrigKernel.Approximate(x, 256, out error),
        x => FixedPointOracle.Cos(FixedPointOracle.From(x)));

    [Theory]
    [InlineData(0.0, 0.9)]
    [InlineData(0.0, 0.003)]
    [InlineData(0.9, 0.0999)]
    public void Asin_Error_IsBelowHalfOfTheBound(double low, double spread) => Measure(
        random => low + (random.NextDouble() * spread),
        AsinKernel.Approximate,
        x => FixedPointOracle.Asin(FixedPointOracle.From(x), Math.Asin(x)),
        Count / 2);

    private delegate DoubleDouble FirstPath(double x, out double error);

    private static void Measure(
        Func<Random, double> next, FirstPath path, Func<double, BigInteger> oracle, int count = Count)
    {
        var random = new Random(5);
        double worst = 0.0;
        for (int i = 0; i < count; i++)
        {
            double x = next(random);
            DoubleDouble value = path(x, out double error);
            BigInteger sum = FixedPointOracle.From(value.High) + FixedPointOracle.From(value.Low);
            BigInteger difference = BigInteger.Abs(sum - oracle(x));
            double ratio = ExactRatio.ToDouble(difference, FixedPointOracle.From(error));
            worst = Math.Max(worst, ratio);
        }

        TestContext.Current.TestOutputHelper?.WriteLine($"Largest error: {worst:F3} of the bound.");
        Assert.InRange(worst, 0.0, 0.5);
    }
}
