namespace Serving.Engine.Bundles;

/// <summary>What a manifest says of one file.</summary>
/// <param name="Size">Bytes.</param>
/// <param name="Sha256">SHA-256, 64 lower-case hex digits.</param>
public sealed record BundleFile(long Size, string Sha256);
