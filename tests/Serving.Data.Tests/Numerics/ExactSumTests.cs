using System.Numerics;
using CsCheck;
using Serving.Data.Numerics;
using Xunit;

namespace Serving.Data.Tests.Numerics;

public sealed class ExactSumTests
{
    private static readonly Gen<double> Finite = Gen.Double.Where(double.IsFinite);

    private static readonly Gen<double> Mixed = Gen.OneOf(
        Finite,
        Gen.Double[-1e6, 1e6],
        Gen.Const(double.MaxValue),
        Gen.Const(double.Epsilon),
        Gen.Const(-double.MaxValue));

    [Fact]
    public void Sum_AnyValues_IsTheExactSum() => Mixed.Array[0, 40].Sample(values =>
    {
        var sum = new ExactSum();
        foreach (double value in values)
        {
            sum.Add(value);
        }

        BigInteger exact = values.Aggregate(BigInteger.Zero, (total, value) => total + Units(value));
        Assert.Equal(exact << 1074, sum.ToInteger());
    });

    [Fact]
    public void AddProduct_AnyValues_IsTheExactSum() => Mixed.Array[0, 40].Sample(values =>
    {
        var sum = new ExactSum();
        for (int i = 1; i < values.Length; i++)
        {
            sum.AddProduct(values[i - 1], values[i]);
        }

        BigInteger exact = BigInteger.Zero;
        for (int i = 1; i < values.Length; i++)
        {
            exact += Units(values[i - 1]) * Units(values[i]);
        }

        Assert.Equal(exact, sum.ToInteger());
    });

    [Fact]
    public void Merge_OfParts_IsTheWholeWhateverTheOrder() => Mixed.Array[2, 40].Sample(values =>
    {
        var whole = new ExactMoments();
        ExactMoments[] parts = [new(), new()];
        for (int i = 0; i < values.Length; i++)
        {
            whole.Add(values[values.Length - 1 - i]);
            parts[i % 2].Add(values[i]);
        }

        parts[1].Merge(parts[0]);
        Assert.Equal(whole.Count, parts[1].Count);
        Assert.Equal(whole.Sum(), parts[1].Sum());
        Assert.Equal(whole.Mean(), parts[1].Mean());
        Assert.Equal(whole.Variance(), parts[1].Variance());
    });

    /// <summary>Values around 1e9 with a spread of 1e-3: the textbook formula in doubles loses every digit.</summary>
    [Fact]
    public void Variance_LargeMean_IsNearestToTheExactRatio() => Gen.Int[-1000, 1000].Array[1, 60].Sample(steps =>
    {
        var moments = new ExactMoments();
        foreach (int step in steps)
        {
            moments.Add(1e9 + (step / 1024.0));
        }

        BigInteger count = steps.Length;
        BigInteger sum = steps.Aggregate(BigInteger.Zero, (total, step) => total + step);
        BigInteger squares = steps.Aggregate(BigInteger.Zero, (total, step) => total + ((BigInteger)step * step));
        double expected = ExactRatio.ToDouble((count * squares) - (sum * sum), count * count << 20);
        Assert.Equal(expected, moments.Variance());
    });

    [Fact]
    public void Mean_CancellingValues_KeepsTheSmallOne()
    {
        var moments = new ExactMoments();
        foreach (double value in new[] { 1e300, 1.0, -1e300, 2.0 })
        {
            moments.Add(value);
        }

        Assert.Equal(0.75, moments.Mean());
        Assert.Equal(double.MaxValue, moments.Variance());
    }

    [Fact]
    public void Results_WithoutValues_AreZeroOrNaN()
    {
        var moments = new ExactMoments();
        Assert.Equal(0.0, moments.Sum());
        Assert.True(double.IsNaN(moments.Mean()));
        Assert.True(double.IsNaN(moments.Variance()));
    }

    [Fact]
    public void Sum_AfterClear_IsZero()
    {
        var sum = new ExactSum();
        sum.Add(-3.5);
        sum.Clear();
        Assert.Equal(0.0, sum.Sum());
    }

    [Theory]
    [InlineData(double.NaN)]
    [InlineData(double.PositiveInfinity)]
    [InlineData(double.NegativeInfinity)]
    public void Add_NotFinite_Throws(double value)
    {
        var sum = new ExactSum();
        Assert.Throws<ArgumentOutOfRangeException>(() => sum.Add(value));
        Assert.Throws<ArgumentOutOfRangeException>(() => sum.AddSquare(value));
        Assert.Equal(0.0, sum.Sum());
    }

    [Fact]
    public void Add_ManyValues_AllocatesNothing()
    {
        var moments = new ExactMoments();
        moments.Add(0.1);
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 1000; i++)
        {
            moments.Add(i * -0.1);
        }

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    /// <summary>The value as a count of 2^-1074, by the platform's own exact conversion.</summary>
    private static BigInteger Units(double value) => Math.Abs(value) < 1.0
        ? new BigInteger(Math.ScaleB(value, 1000)) * (BigInteger.One << 74) + Tail(value)
        : new BigInteger(value) * (BigInteger.One << 1074) + Units(value - Math.Truncate(value));

    private static BigInteger Tail(double value)
    {
        double scaled = Math.ScaleB(value, 1000);
        return new BigInteger(Math.ScaleB(scaled - Math.Truncate(scaled), 74));
    }
}
