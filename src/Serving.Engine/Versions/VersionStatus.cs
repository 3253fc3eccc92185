namespace Serving.Engine.Versions;

/// <summary>One version of a model as it stands. Immutable.</summary>
/// <param name="Model">Name of the model.</param>
/// <param name="Version">Its version, from 1; 0 for a folder whose name is no version.</param>
/// <param name="State">Where it stands.</param>
/// <param name="Reason">Why it failed, or what is to be known of it; empty otherwise.</param>
/// <param name="MemoryBytes">Memory that its model holds, 0 where nothing is loaded.</param>
public sealed record VersionStatus(string Model, long Version, VersionState State, string Reason, long MemoryBytes = 0)
{
    /// <summary>Since when it stands there.</summary>
    public DateTimeOffset Since { get; init; }

    /// <summary>What is to be known of its open tensor model; null where it has none.</summary>
    public TensorStatus? Tensors { get; init; }
}
