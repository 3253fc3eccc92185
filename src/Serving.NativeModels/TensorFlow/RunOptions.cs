using System.Runtime.InteropServices;

namespace Serving.NativeModels.TensorFlow;

/// <summary>
/// The serialized RunOptions of a call, in native memory. Without loops a run goes in the caller's thread, which takes
/// half the time; TensorFlow ignores a time limit there, so that a model that may loop runs in the session's pool.
/// </summary>
internal sealed unsafe class RunOptions : IDisposable
{
    // inter_op_thread_pool = 3 with the 10 bytes of -1; timeout_in_ms = 2 with 5 bytes whatever the number.
    private static readonly byte[] InCallersThread = [3 << 3, 255, 255, 255, 255, 255, 255, 255, 255, 255, 1];
    private const int TimeBytes = 5;

    private readonly bool _isTimed;
    private readonly NativeBuffer* _buffer;

    /// <summary>Makes the options.</summary>
    public RunOptions(bool isTimed)
    {
        _isTimed = isTimed;
        int length = isTimed ? 1 + TimeBytes : InCallersThread.Length;
        _buffer = (NativeBuffer*)NativeMemory.AllocZeroed((nuint)(sizeof(NativeBuffer) + length));
        _buffer->Data = (byte*)(_buffer + 1);
        _buffer->Length = (nuint)length;
        var data = new Span<byte>(_buffer->Data, length);
        if (isTimed)
        {
            data[0] = 2 << 3;
        }
        else
        {
            InCallersThread.CopyTo(data);
        }
    }

    /// <summary>What a run is given.</summary>
    public NativeBuffer* Buffer => _buffer;

    /// <summary>Sets how long the next run may take; at least 1 ms, which is TensorFlow's unit.</summary>
    public void Limit(TimeSpan time)
    {
        if (!_isTimed)
        {
            return;
        }

        uint milliseconds = (uint)Math.Clamp(Math.Ceiling(time.TotalMilliseconds), 1, int.MaxValue);
        for (int i = 0; i < TimeBytes; i++)
        {
            _buffer->Data[1 + i] = (byte)((milliseconds >> (7 * i) & 0x7F) | (i < TimeBytes - 1 ? 0x80u : 0));
        }
    }

    /// <inheritdoc/>
    public void Dispose() => NativeMemory.Free(_buffer);
}
