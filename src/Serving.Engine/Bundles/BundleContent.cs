using System.Collections.Immutable;

namespace Serving.Engine.Bundles;

/// <summary>
/// A bundle's manifest and the bytes of all its files, as they were hashed: what is parsed is what was verified.
/// </summary>
/// <param name="Manifest">The manifest.</param>
/// <param name="Files">Every file that the manifest lists.</param>
internal sealed record BundleContent(BundleManifest Manifest, ImmutableDictionary<string, byte[]> Files);
