using System.IO.Compression;
using Grpc.Net.Compression;

namespace Serving.Server.Grpc;

/// <summary>
/// gzip whose decompression ends at a limit. The library's own provider looks at the compressed length alone, so that
/// half a megabyte becomes half a gigabyte of memory. Safe for use by several threads.
/// </summary>
internal sealed class CappedGzip : ICompressionProvider
{
    private readonly int _bytesMax;

    /// <summary>Makes a provider.</summary>
    /// <param name="bytesMax">Most bytes of one message after decompression.</param>
    public CappedGzip(int bytesMax) => _bytesMax = bytesMax;

    /// <inheritdoc/>
    public string EncodingName => "gzip";

    /// <inheritdoc/>
    public Stream CreateCompressionStream(Stream stream, CompressionLevel? compressionLevel) =>
        new GZipStream(stream, compressionLevel ?? CompressionLevel.Fastest, leaveOpen: true);

    /// <inheritdoc/>
    public Stream CreateDecompressionStream(Stream stream) =>
        new CappedStream(new GZipStream(stream, CompressionMode.Decompress, leaveOpen: true), _bytesMax);
}
