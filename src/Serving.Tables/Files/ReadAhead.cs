using System.Collections.Concurrent;
using System.Runtime.ExceptionServices;

namespace Serving.Tables.Files;

/// <summary>
/// Reads a stream on a thread of its own, a few blocks ahead of its one reader. The two threads meet in the queue of
/// blocks alone.
/// </summary>
internal sealed class ReadAhead : IDisposable
{
    private const int BlockBytes = 1 << 18;
    private const int BlocksAheadMax = 8;

    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(1);

    private readonly Stream _stream;
    private readonly Thread _thread;
    private readonly BlockingCollection<ArraySegment<byte>> _blocks = new(BlocksAheadMax);
    private readonly ConcurrentBag<byte[]> _free = [];
    private readonly CancellationTokenSource _stop = new();

    // Written by the thread before it completes the queue, read by the reader after it saw the end.
    private Exception? _error;
    private ArraySegment<byte> _block;
    private int _taken;

    public ReadAhead(Stream stream)
    {
        _stream = stream;
        _thread = new Thread(Run) { IsBackground = true, Name = "read-ahead" };
        _thread.Start();
    }

    /// <summary>
    /// Reads some bytes; 0 at the end. An error of the stream is thrown here, after the bytes before it.
    /// </summary>
    public int Read(Span<byte> destination)
    {
        if (_taken == _block.Count && !NextBlock())
        {
            return 0;
        }

        int count = Math.Min(destination.Length, _block.Count - _taken);
        _block.AsSpan(_taken, count).CopyTo(destination);
        _taken += count;
        return count;
    }

    /// <summary>
    /// Stops the thread and closes the stream; a thread that hangs in a pipe is left to the process's end.
    /// </summary>
    public void Dispose()
    {
        _stop.Cancel();
        if (_thread.Join(s_patience))
        {
            _stream.Dispose();
            _blocks.Dispose();
            _stop.Dispose();
        }
    }

    private bool NextBlock()
    {
        if (_block.Array is { } used)
        {
            _free.Add(used);
        }

        _taken = 0;
        if (_blocks.TryTake(out _block, Timeout.Infinite))
        {
            return true;
        }

        _block = default;
        if (_error is not null)
        {
            ExceptionDispatchInfo.Throw(_error);
        }

        return false;
    }

    private void Run()
    {
        try
        {
            while (true)
            {
                byte[] block = _free.TryTake(out byte[]? free) ? free : new byte[BlockBytes];
                int count = _stream.ReadAtLeast(block, block.Length, throwOnEndOfStream: false);
                if (count == 0)
                {
                    break;
                }

                _blocks.Add(new ArraySegment<byte>(block, 0, count), _stop.Token);
            }
        }
        catch (OperationCanceledException)
        {
            // The reader is gone; nobody wants the rest.
        }
        catch (Exception error) when (error is IOException or InvalidDataException or ObjectDisposedException)
        {
            _error = error;
        }
        finally
        {
            _blocks.CompleteAdding();
        }
    }
}
