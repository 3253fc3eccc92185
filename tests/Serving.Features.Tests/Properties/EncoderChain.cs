namespace Serving.Features.Tests.Properties;

/// <summary>Text of a chain of encoders with what it makes of a value.</summary>
/// <param name="Text">Empty, or <c> -> a -> b</c>.</param>
/// <param name="IsContinuous">Whether its last encoder gives floats, or there is none.</param>
/// <param name="Optional">Whether a continuous result may be missing.</param>
/// <param name="Sizes">The sizes of a last quantiles that has several.</param>
internal sealed record EncoderChain(string Text, bool IsContinuous, bool Optional, IReadOnlyList<int> Sizes)
{
    /// <summary>No encoder.</summary>
    public static readonly EncoderChain None = new("", true, true, []);

    /// <summary>Whether it gives lists of ids: bits does.</summary>
    public bool IsList => Text.Contains("bits", StringComparison.Ordinal);
}
