using Serving.Features.Fitting;

namespace Serving.Features.Emit.Runtime;

/// <summary>
/// Turns fitted counts into the rates that serving looks up: (k + weight * p) / (n + weight), unseen p (R89).
/// </summary>
internal static class RateTable
{
    public static CategoryTable Of(FittedRates rates, double weight)
    {
        var bits = new long[rates.Values.Length];
        for (int index = 0; index < bits.Length; index++)
        {
            double numerator = rates.Positives[index] + (weight * rates.Prior);
            double denominator = rates.Counts[index] + weight;
            bits[index] = BitConverter.DoubleToInt64Bits(numerator / denominator);
        }

        return new CategoryTable(rates.Values, bits, BitConverter.DoubleToInt64Bits(rates.Prior));
    }
}
