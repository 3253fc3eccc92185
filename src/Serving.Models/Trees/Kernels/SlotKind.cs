namespace Serving.Models.Trees.Kernels;

/// <summary>
/// What a block of keys holds for a missing value. A walk then needs no test for missing values: the default side costs
/// nothing (scoring-kernels study, section 6).
/// </summary>
internal enum SlotKind
{
    /// <summary>NaN has the key of 0.</summary>
    NaNIsZero = 0,

    /// <summary>NaN and zero have the least key: always left.</summary>
    ZeroGoesLeft,

    /// <summary>NaN and zero have the greatest key: always right.</summary>
    ZeroGoesRight,

    /// <summary>NaN has the least key.</summary>
    NaNGoesLeft,

    /// <summary>NaN has the greatest key.</summary>
    NaNGoesRight,
}
