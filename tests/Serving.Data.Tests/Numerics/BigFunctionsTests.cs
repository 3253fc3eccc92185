using Serving.Data.Numerics;
using Xunit;

namespace Serving.Data.Tests.Numerics;

/// <summary>Both paths of every function against each other: a wrong error bound of the first one shows here.</summary>
public sealed class BigFunctionsTests
{
    private const int Count = 3000;

    [Fact]
    public void Exp_BothPaths_Agree() =>
        Compare(PortableMath.Exp, BigFunctions.Exp, random => Signed(random) * Size(random, -30, 9.4));

    [Fact]
    public void Exp2_BothPaths_Agree() =>
        Compare(PortableMath.Exp2, BigFunctions.Exp2, random => Signed(random) * Size(random, -30, 9.99));

    [Fact]
    public void Log_BothPaths_Agree() =>
        Compare(PortableMath.Log, BigFunctions.Log, random => Size(random, -1022, 1023));

    [Fact]
    public void Log_BesideOne_BothPathsAgree() =>
        Compare(PortableMath.Log, BigFunctions.Log, random => 1.0 + (Signed(random) * Size(random, -52, -2)));

    [Fact]
    public void Log1p_BothPaths_Agree() =>
        Compare(PortableMath.Log1p, BigFunctions.Log1p, random => Signed(random) * Size(random, -53, -0.001));

    [Fact]
    public void Log1p_Large_BothPathsAgree() =>
        Compare(PortableMath.Log1p, BigFunctions.Log1p, random => Size(random, -2, 120));

    [Fact]
    public void Sin_BothPaths_Agree() =>
        Compare(PortableMath.Sin, BigFunctions.Sin, random => Signed(random) * Size(random, -29, 30));

    [Fact]
    public void Cos_BothPaths_Agree() =>
        Compare(PortableMath.Cos, BigFunctions.Cos, random => Signed(random) * Size(random, -27, 30));

    [Fact]
    public void Sin_HugeArgument_BothPathsAgree() =>
        Compare(PortableMath.Sin, BigFunctions.Sin, random => Signed(random) * Size(random, 20, 1023.9), Count / 4);

    [Fact]
    public void Asin_BothPaths_Agree() =>
        Compare(PortableMath.Asin, BigFunctions.Asin, random => (random.NextDouble() * 2.0) - 1.0, Count / 2);

    [Fact]
    public void Pow_BothPaths_Agree()
    {
        var random = new Random(11);
        for (int i = 0; i < Count; i++)
        {
            double x = (i & 1) == 0 ? Size(random, -1000, 1000) : 1.0 + (Signed(random) * Size(random, -40, -1));
            double y = Signed(random) * random.NextDouble() * 700.0 / Math.Max(Math.Abs(PortableMath.Log(x)), 1e-10);
            Assert.Equal(BigFunctions.Pow(x, y), PortableMath.Pow(x, y));
        }
    }

    private static void Compare(
        Func<double, double> first, Func<double, double> second, Func<Random, double> next, int count = Count)
    {
        var random = new Random(7);
        for (int i = 0; i < count; i++)
        {
            double x = next(random);
            Assert.True(first(x).Equals(second(x)), $"{x:R}: {first(x):R} and {second(x):R}");
        }
    }

    private static double Signed(Random random) => random.Next(2) == 0 ? 1.0 : -1.0;

    /// <summary>A number whose binary logarithm is uniform.</summary>
    private static double Size(Random random, double lowest, double highest)
    {
        double power = lowest + (random.NextDouble() * (highest - lowest));
        return Math.ScaleB(1.0 + (power - Math.Floor(power)), (int)Math.Floor(power));
    }
}
