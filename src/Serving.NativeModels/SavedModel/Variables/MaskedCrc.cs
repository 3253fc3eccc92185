using System.Numerics;
using Serving.Data.Durability;

namespace Serving.NativeModels.SavedModel.Variables;

/// <summary>
/// CRC-32C as table and data files store it: rotated and moved, so that a checksum of checksums means something.
/// Source: tensorflow/core/lib/hash/crc32c.h.
/// </summary>
internal static class MaskedCrc
{
    /// <summary>The stored checksum of some bytes.</summary>
    public static uint Of(ReadOnlySpan<byte> bytes) => Mask(Crc32C.Of(bytes));

    /// <summary>The stored form of a checksum.</summary>
    public static uint Mask(uint crc) => BitOperations.RotateRight(crc, 15) + 0xa282ead8u;
}
