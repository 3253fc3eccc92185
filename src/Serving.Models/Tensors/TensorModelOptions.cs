using System.Collections.Immutable;

namespace Serving.Models.Tensors;

/// <summary>How a tensor model is read and run. Immutable.</summary>
public sealed record TensorModelOptions
{
    /// <summary>All defaults.</summary>
    public static TensorModelOptions Default { get; } = new();

    /// <summary>One call takes at most this long.</summary>
    public TimeSpan CallTime { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>One call takes at most this much work memory, in bytes.</summary>
    public long CallMemoryBytes { get; init; } = 1L << 30;

    /// <summary>Threads that one call uses inside the runtime; 1 = the caller's alone.</summary>
    public int Threads { get; init; } = 1;

    /// <summary>
    /// Tags of the graph of a SavedModel; empty: the one tagged exactly <c>serve</c>, else the only one.
    /// </summary>
    public ImmutableArray<string> Tags { get; init; } = [];

    /// <summary>Operators that reach outside the process and are allowed nevertheless, by name.</summary>
    public ImmutableArray<string> AllowedOperators { get; init; } = [];

    /// <summary>Execution providers in order of preference, e.g. <c>cuda</c>, <c>cpu</c>; the first that is there runs
    /// the model.</summary>
    public ImmutableArray<string> Providers { get; init; } = ["cpu"];

    /// <summary>Memory of the device that the model may take, in bytes; 0 = the provider's own rule.</summary>
    public long DeviceMemoryBytes { get; init; }
}
