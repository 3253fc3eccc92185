using System.Collections.Immutable;
using Serving.Models.Tensors;

namespace Serving.Engine.Bundles;

/// <summary>What a manifest says of a tensor model beyond its files, member <c>tensors</c>. Immutable.</summary>
public sealed record TensorManifest
{
    /// <summary>Samples are compared by their values.</summary>
    public const string Values = "values";

    /// <summary>Samples are compared by types and shapes alone: stateful and random models.</summary>
    public const string Shapes = "shapes";

    /// <summary>Samples carry nothing to compare: packed without the runtime's library.</summary>
    public const string Unchecked = "unchecked";

    /// <summary>Tags of the graph of a SavedModel.</summary>
    public ImmutableArray<string> Tags { get; init; } = [];

    /// <summary>Operators that reach outside the process and that the bundle allows.</summary>
    public ImmutableArray<string> AllowedOperators { get; init; } = [];

    /// <summary>Most time of one call, in milliseconds.</summary>
    public long CallMilliseconds { get; init; } =
        (long)TensorModelOptions.Default.CallTime.TotalMilliseconds;

    /// <summary>Most work memory of one call, in bytes.</summary>
    public long CallBytes { get; init; } = TensorModelOptions.Default.CallMemoryBytes;

    /// <summary>How samples are compared: <c>values</c>, <c>shapes</c> or <c>unchecked</c>.</summary>
    public string Compare { get; init; } = Values;

    /// <summary>How far floats of samples may lie apart, absolute or relative.</summary>
    public double Tolerance { get; init; } = TensorModel.FullTolerance;

    /// <summary>How the model is opened under a server's own options: what both allow, the tighter limits.</summary>
    public TensorModelOptions Under(TensorModelOptions server)
    {
        TimeSpan time = TimeSpan.FromMilliseconds(CallMilliseconds);
        return server with
        {
            Tags = Tags,
            CallTime = time < server.CallTime ? time : server.CallTime,
            CallMemoryBytes = Math.Min(CallBytes, server.CallMemoryBytes),
            AllowedOperators = [.. AllowedOperators.Intersect(server.AllowedOperators, StringComparer.Ordinal)],
        };
    }
}
