namespace Serving.NativeModels.Workers;

/// <summary>Memory that a worker is to map. Immutable; travels as JSON.</summary>
/// <param name="Path">Its file.</param>
/// <param name="Size">Its bytes.</param>
internal sealed record WorkerRegion(string Path, long Size);
