namespace Serving.Engine.Bundles;

/// <summary>One entry of an archive's directory, not believed yet.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Method">0 stored, 8 deflated.</param>
/// <param name="Flags">General flags; bit 0 is encryption.</param>
/// <param name="Crc32">CRC-32 of the inflated bytes.</param>
/// <param name="PackedSize">Bytes in the archive.</param>
/// <param name="Size">Bytes inflated.</param>
/// <param name="HeaderOffset">Where its local header begins.</param>
/// <param name="Attributes">External attributes; the high 16 bits are a Unix mode where the maker says so.</param>
internal readonly record struct ZipEntry(
    string Name,
    ushort Method,
    ushort Flags,
    uint Crc32,
    long PackedSize,
    long Size,
    long HeaderOffset,
    uint Attributes);
