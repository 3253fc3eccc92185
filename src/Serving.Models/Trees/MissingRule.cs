namespace Serving.Models.Trees;

/// <summary>What a numeric split does with a missing value.</summary>
internal enum MissingRule : byte
{
    /// <summary>NaN is taken as 0 (LightGBM: missing_type None).</summary>
    NaNIsZero = 0,

    /// <summary>NaN and zero go to the default side (LightGBM: missing_type Zero).</summary>
    ZeroIsMissing,

    /// <summary>NaN goes to the default side.</summary>
    NaNIsMissing,
}
