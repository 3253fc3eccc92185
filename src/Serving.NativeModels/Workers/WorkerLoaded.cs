namespace Serving.NativeModels.Workers;

/// <summary>What a worker says of the model that it has loaded. Immutable; travels as JSON.</summary>
/// <param name="RunsOn">What runs it.</param>
/// <param name="MemoryBytes">Memory that it holds.</param>
internal sealed record WorkerLoaded(string RunsOn, long MemoryBytes);
