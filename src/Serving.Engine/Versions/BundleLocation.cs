namespace Serving.Engine.Versions;

/// <summary>A bundle that stands in the models folder. Immutable.</summary>
/// <param name="Model">Name of the model.</param>
/// <param name="Version">Version, from 1.</param>
/// <param name="Path">Its folder or file.</param>
/// <param name="Marker">Time and size of its manifest or file: another one means that another bundle was put
/// there.</param>
/// <param name="Tree">Latest time, total size and number of all its files: another one means that something goes on
/// there, such as a copy that brought the manifest before the model.</param>
internal sealed record BundleLocation(
    string Model, long Version, string Path, (long Ticks, long Size) Marker, (long Ticks, long Size, int Count) Tree);
