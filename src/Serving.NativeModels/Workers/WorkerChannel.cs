using System.Buffers.Binary;
using System.Net.Sockets;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Serving.NativeModels.Workers;

/// <summary>
/// Messages over a Unix socket: kind (1), length (4), bytes. One writer and one reader at a time; after the first
/// messages nothing is allocated for one.
/// </summary>
internal sealed class WorkerChannel(Socket socket) : IDisposable
{
    private const int HeadSize = 5;

    /// <summary>A message is small: tensors travel in shared memory.</summary>
    private const int LengthMax = 1 << 20;

    private byte[] _sent = new byte[256];
    private byte[] _received = new byte[256];

    /// <summary>Bytes of the last message received.</summary>
    public int Length { get; private set; }

    /// <summary>The last message received.</summary>
    public ReadOnlySpan<byte> Body => _received.AsSpan(HeadSize, Length);

    /// <summary>Where a message's bytes are written before it is sent.</summary>
    public Span<byte> Prepare(int length)
    {
        if (_sent.Length < HeadSize + length)
        {
            _sent = new byte[HeadSize + length];
        }

        return _sent.AsSpan(HeadSize, length);
    }

    /// <summary>Sends what was prepared.</summary>
    /// <exception cref="IOException">The other side is gone.</exception>
    public async ValueTask SendAsync(WorkerMessageKind kind, int length, CancellationToken cancellation)
    {
        _sent[0] = (byte)kind;
        BinaryPrimitives.WriteInt32LittleEndian(_sent.AsSpan(1), length);
        try
        {
            for (int at = 0; at < HeadSize + length;)
            {
                at += await socket.SendAsync(
                    _sent.AsMemory(at, HeadSize + length - at), SocketFlags.None, cancellation).ConfigureAwait(false);
            }
        }
        catch (Exception error) when (error is SocketException or ObjectDisposedException)
        {
            throw new IOException("the other process is gone", error);
        }
    }

    /// <summary>Sends an object as JSON.</summary>
    public ValueTask SendAsync<T>(
        WorkerMessageKind kind, T body, JsonTypeInfo<T> type, CancellationToken cancellation)
    {
        byte[] bytes = JsonSerializer.SerializeToUtf8Bytes(body, type);
        bytes.CopyTo(Prepare(bytes.Length));
        return SendAsync(kind, bytes.Length, cancellation);
    }

    /// <summary>Receives a message into <see cref="Body"/>.</summary>
    /// <exception cref="IOException">The other side is gone, or sends what is no message.</exception>
    public async ValueTask<WorkerMessageKind> ReceiveAsync(CancellationToken cancellation)
    {
        await FillAsync(0, HeadSize, cancellation).ConfigureAwait(false);
        var kind = (WorkerMessageKind)_received[0];
        int length = BinaryPrimitives.ReadInt32LittleEndian(_received.AsSpan(1));
        if (length is < 0 or > LengthMax || kind is < WorkerMessageKind.Hello or > WorkerMessageKind.Prepare)
        {
            throw new IOException("the other process sends what is no message");
        }

        if (_received.Length < HeadSize + length)
        {
            Array.Resize(ref _received, HeadSize + length);
        }

        await FillAsync(HeadSize, length, cancellation).ConfigureAwait(false);
        Length = length;
        return kind;
    }

    /// <summary>Reads the last message as JSON.</summary>
    /// <exception cref="IOException">It is none.</exception>
    public T Read<T>(JsonTypeInfo<T> type)
    {
        try
        {
            return JsonSerializer.Deserialize(Body, type) ?? throw new IOException("an empty message");
        }
        catch (JsonException error)
        {
            throw new IOException("the other process sends what is no JSON", error);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => socket.Dispose();

    private async ValueTask FillAsync(int start, int length, CancellationToken cancellation)
    {
        try
        {
            for (int at = start; at < start + length;)
            {
                int count = await socket.ReceiveAsync(
                    _received.AsMemory(at, start + length - at), SocketFlags.None, cancellation).ConfigureAwait(false);
                at += count > 0 ? count : throw new IOException("the other process is gone");
            }
        }
        catch (Exception error) when (error is SocketException or ObjectDisposedException)
        {
            throw new IOException("the other process is gone", error);
        }
    }
}
