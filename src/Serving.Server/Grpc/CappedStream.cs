using Serving.Data;

namespace Serving.Server.Grpc;

/// <summary>A stream that is read to a limit and fails with RESOURCE_EXHAUSTED beyond it.</summary>
internal sealed class CappedStream : Stream
{
    private readonly Stream _inner;
    private readonly long _bytesMax;
    private long _bytesLeft;

    /// <summary>Wraps a stream and owns it.</summary>
    public CappedStream(Stream inner, long bytesMax)
    {
        _inner = inner;
        _bytesMax = bytesMax;
        _bytesLeft = bytesMax;
    }

    /// <inheritdoc/>
    public override bool CanRead => true;

    /// <inheritdoc/>
    public override bool CanSeek => false;

    /// <inheritdoc/>
    public override bool CanWrite => false;

    /// <inheritdoc/>
    public override long Length => throw new NotSupportedException();

    /// <inheritdoc/>
    public override long Position
    {
        get => _bytesMax - _bytesLeft;
        set => throw new NotSupportedException();
    }

    /// <inheritdoc/>
    public override int Read(byte[] buffer, int offset, int count) => Count(_inner.Read(buffer, offset, count));

    /// <inheritdoc/>
    public override int Read(Span<byte> buffer) => Count(_inner.Read(buffer));

    /// <inheritdoc/>
    public override async ValueTask<int> ReadAsync(
        Memory<byte> buffer, CancellationToken cancellationToken = default) =>
        Count(await _inner.ReadAsync(buffer, cancellationToken));

    /// <inheritdoc/>
    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    /// <inheritdoc/>
    public override void Flush()
    {
    }

    /// <inheritdoc/>
    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    /// <inheritdoc/>
    public override void SetLength(long value) => throw new NotSupportedException();

    /// <inheritdoc/>
    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _inner.Dispose();
        }

        base.Dispose(disposing);
    }

    private int Count(int read)
    {
        _bytesLeft -= read;
        return _bytesLeft >= 0 ? read : throw StatusMapping.ToException(
            ErrorCode.ResourceExhausted, $"the message has more than {_bytesMax} bytes after decompression");
    }
}
