namespace Serving.Models.Trees;

/// <summary>Linear models in leaves (LightGBM's linear_tree), in flat arrays. Immutable.</summary>
/// <remarks>Terms of row r are <c>Ends[r - 1] .. Ends[r]</c> (0 for the first row) of features and
/// coefficients.</remarks>
internal sealed class LinearLeaves(double[] constants, int[] ends, int[] features, double[] coefficients)
{
    public long MemoryBytes => (constants.Length + (long)coefficients.Length) * 12;

    /// <summary>
    /// The value of a row's linear model; where one of its inputs is NaN, the leaf's plain value. Infinite inputs do
    /// add
    /// up (measured against LightGBM 4.7). Terms are added in their order, as LightGBM does.
    /// </summary>
    public double ValueOf(int row, ReadOnlySpan<double> inputs, double plainValue)
    {
        double sum = constants[row];
        for (int i = row == 0 ? 0 : ends[row - 1]; i < ends[row]; i++)
        {
            double value = inputs[features[i]];
            if (double.IsNaN(value))
            {
                return plainValue;
            }

            sum += coefficients[i] * value;
        }

        return sum;
    }
}
