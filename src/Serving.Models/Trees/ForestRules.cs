namespace Serving.Models.Trees;

/// <summary>How a tool compares and adds. Immutable.</summary>
/// <param name="InputsAreSingle">Inputs are rounded to binary32 first (XGBoost).</param>
/// <param name="TinyIsZero">|x| &lt;= 1e-35 counts as 0 in every comparison and every linear leaf (LightGBM's C API
/// does
/// this before scoring; without it up to 1.3 % of fuzzed rows differ).</param>
/// <param name="CategoryMax">Greatest category; what is above is in no set.</param>
/// <param name="NegativeFractionIsZero">-0.5 is category 0 (truncation, LightGBM) rather than invalid
/// (XGBoost).</param>
/// <param name="SumsAreSingle">Leaves are added in binary32 (XGBoost).</param>
internal sealed record ForestRules(
    bool InputsAreSingle, bool TinyIsZero, int CategoryMax, bool NegativeFractionIsZero, bool SumsAreSingle)
{
    /// <summary>LightGBM's zero: the binary32 nearest to 1e-35, as a binary64.</summary>
    public const double TinyMax = 1.0000000180025095e-35;

    public static ForestRules LightGbm { get; } = new(false, true, int.MaxValue, true, false);

    public static ForestRules XGBoost { get; } = new(true, false, (1 << 24) - 1, false, true);

    /// <summary>The value that splits see.</summary>
    public double Prepare(double value)
    {
        if (InputsAreSingle)
        {
            float single = (float)value;
            return float.IsInfinity(single) && double.IsFinite(value) ? Math.CopySign(float.MaxValue, value) : single;
        }

        return TinyIsZero && Math.Abs(value) <= TinyMax ? 0 : value;
    }

    /// <summary>
    /// The category that a prepared value means, or -1 where it means none (NaN, negative, too great).
    /// </summary>
    public int CategoryOf(double value)
    {
        double least = NegativeFractionIsZero ? -1 : -double.Epsilon;
        return value > least && value < CategoryMax + 1.0 ? (int)value : -1;
    }
}
