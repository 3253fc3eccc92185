namespace Serving.Features;

/// <summary>
/// Scratch memory of one evaluating thread; made by <see cref="FeatureProgram.CreateFrame"/>, kept and reused.
/// </summary>
public abstract class FeatureFrame
{
    /// <summary>Results that saturated (R13, R102), since the frame was made.</summary>
    public long SaturationCount { get; protected internal set; }
}
