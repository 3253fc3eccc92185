using Serving.Models.Linear.Kernels;

namespace Serving.Models.Tests.Linear.Kernels;

/// <summary>All widths compute the same bits; without hardware for a width its operations run in software.</summary>
public sealed class DenseDotTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
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

            long plain = BitConverter.DoubleToInt64Bits(DenseDot.SumPlain(inputs, weights, missing));
            Assert.Equal(plain, BitConverter.DoubleToInt64Bits(DenseDot.Sum256(inputs, weights, missing)));
            Assert.Equal(plain, BitConverter.DoubleToInt64Bits(DenseDot.Sum512(inputs, weights, missing)));
            Assert.Equal(plain, BitConverter.DoubleToInt64Bits(DenseDot.Sum(inputs, weights, missing)));
        }
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
