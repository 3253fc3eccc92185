namespace Serving.Models;

/// <summary>File formats of models that run on the kernels here.</summary>
public enum ModelFormat
{
    /// <summary>Found from the first bytes.</summary>
    Auto = 0,

    /// <summary>LightGBM's text.</summary>
    LightGbm,

    /// <summary>XGBoost's JSON, 1.x to 3.x.</summary>
    XGBoostJson,

    /// <summary>XGBoost's UBJSON, 1.6 to 3.x.</summary>
    XGBoostUbj,

    /// <summary>Our own <c>linear.json</c>.</summary>
    Linear,
}
