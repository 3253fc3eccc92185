namespace Serving.Engine.Bundles;

/// <summary>Limits that hold before anything of a bundle is believed.</summary>
public static class BundleLimits
{
    /// <summary>
    /// Most files, the manifest included: far above what a model needs, far below what exhausts memory.
    /// </summary>
    public const int FilesMax = 1_024;

    /// <summary>Most bytes of all files together, inflated.</summary>
    public const long TotalBytesMax = 2L << 30;

    /// <summary>Most bytes of one file: what one array of .NET holds.</summary>
    public const long FileBytesMax = 0x7FFFFFC7;

    /// <summary>Most bytes of the manifest: 1,024 files of 300 bytes each fit three times.</summary>
    public const int ManifestBytesMax = 1 << 20;

    /// <summary>
    /// Most bytes that one deflated byte may stand for. The writer stores what would exceed half of it.
    /// </summary>
    public const int InflationMax = 100;

    /// <summary>Deepest nesting of the manifest and of a sample.</summary>
    public const int JsonDepthMax = 16;

    /// <summary>Most samples in a bundle (warm-up of a version stays short).</summary>
    public const int SamplesMax = 1_000;

    /// <summary>Deepest folder inside a bundle.</summary>
    public const int FolderDepthMax = 4;
}
