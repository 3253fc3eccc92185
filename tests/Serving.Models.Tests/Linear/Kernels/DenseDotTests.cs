using Serving.Models.Linear.Kernels;

namespace Serving.Models.Tests.Linear.Kernels;

/// <summary>All widths compute the same bits; without hardware for a width its operations run in software.</summary>
public sealed class DenseDotTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(8)]
    [InlineData(16)]
    [InlineData(24)]
    [InlineData(40)]
    [InlineData(7)]
    [InlineData(31)]
    [InlineData(32)]
    [InlineData(33)]
    [InlineData(200)]
    [InlineData(1000)]
    public void Sum_AnyWidth_GivesTheSameBits(int count)
    {
        Random random = new(count);
        for (int round = 0; round < 200; round++)
        {
            double[] inputs = new double[DenseDot.PaddedLength(count)];
            double[] weights = new double[inputs.Length];
            double[] missing = new double[inputs.Length];
            for (int i = 0; i < count; i++)
            {
                inputs[i] = Value(random);
                weights[i] = (random.NextDouble() - 0.5) * Math.Pow(10, random.Next(-20, 20));
                missing[i] = random.Next(2) * random.NextDouble();
            }

            ReadOnlySpan<double> row = inputs.AsSpan(0, count);
            long plain = BitConverter.DoubleToInt64Bits(DenseDot.SumPlain(inputs, weights, missing));
            Assert.Equal(plain, BitConverter.DoubleToInt64Bits(DenseDot.SumPlain(row, weights, missing)));
            Assert.Equal(plain, BitConverter.DoubleToInt64Bits(DenseDot.Sum256(row, weights, missing)));
            Assert.Equal(
                plain, BitConverter.DoubleToInt64Bits(DenseDot.Sum512<DenseDot.Products>(row, weights, missing)));
            Assert.Equal(plain, BitConverter.DoubleToInt64Bits(DenseDot.Sum(row, weights, missing)));
            AssertSameWithoutMissing(row, weights, missing);
        }
    }

    private static void AssertSameWithoutMissing(
        ReadOnlySpan<double> row, ReadOnlySpan<double> weights, ReadOnlySpan<double> missing)
    {
        double[] present = new double[row.Length];
        for (int i = 0; i < present.Length; i++)
        {
            present[i] = double.IsNaN(row[i]) ? 1.5 : row[i];
        }

        Assert.Equal(
            BitConverter.DoubleToInt64Bits(DenseDot.SumPlain(present, weights, missing)),
            BitConverter.DoubleToInt64Bits(DenseDot.Sum(present, weights, missing)));
    }

    private static double Value(Random random) => random.Next(12) switch
    {
        0 => double.NaN,
        1 => 0,
        2 => -0.0,
        3 => double.Epsilon,
        _ => (random.NextDouble() - 0.5) * Math.Pow(10, random.Next(-20, 20)),
    };
}
