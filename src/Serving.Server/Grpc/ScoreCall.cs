using System.Buffers;
using Grpc.Core;
using Serving.Data;
using Serving.Server.Grpc.Wire;
using Serving.Server.Rows;

namespace Serving.Server.Grpc;

/// <summary>
/// A request and its answer in one object that is pooled: the bytes that came, what is wrong with them, the bytes that
/// go. It holds no lease on a version, so one that the library drops on the way costs nothing but its memory. Not safe
/// for use by several threads.
/// </summary>
internal sealed class ScoreCall
{
    // What a usual call needs; a call that grew beyond is not kept.
    private const int KeptBytesMax = 1 << 20;

    private byte[] _payload = new byte[1024];
    private int _length;

    /// <summary>Makes a call.</summary>
    public ScoreCall()
    {
        Problems = new RequestProblems();
        Decoder = new RowDecoder(Problems);
        Completed = Task.FromResult(this);
    }

    /// <summary>This call as a task that is done: handlers that did not wait return it.</summary>
    public Task<ScoreCall> Completed { get; }

    /// <summary>The request's message.</summary>
    public ReadOnlySpan<byte> Payload => _payload.AsSpan(0, _length);

    /// <summary>The answer's message.</summary>
    public ProtoWriter Response { get; } = new();

    /// <summary>What is wrong with the request.</summary>
    public RequestProblems Problems { get; }

    /// <summary>Reads its rows.</summary>
    public RowDecoder Decoder { get; }

    /// <summary>Whether the message is a <c>ScoreBatchRequest</c>.</summary>
    public bool IsBatch { get; private set; }

    /// <summary>Timestamp of the message's arrival.</summary>
    public long ReceivedAt { get; private set; }

    /// <summary>Timestamp from which the model's deadline counts: the message's arrival, or one before it.</summary>
    public long BeganAt { get; set; }

    /// <summary>Why there is no answer.</summary>
    public ErrorCode Code { get; private set; }

    /// <summary>The same in words.</summary>
    public string Message { get; private set; } = "";

    /// <summary>Whether the call's buffers are worth keeping.</summary>
    public bool IsSmall => _payload.Length + Response.Capacity <= KeptBytesMax;

    /// <summary>
    /// Takes a message over. Its bytes are copied: the library may give theirs back before the handler runs.
    /// </summary>
    public void Receive(in ReadOnlySequence<byte> message, bool isBatch, long now)
    {
        int length = checked((int)message.Length);
        if (_payload.Length < length)
        {
            _payload = new byte[Math.Max(length, _payload.Length * 2)];
        }

        message.CopyTo(_payload);
        _length = length;
        IsBatch = isBatch;
        ReceivedAt = now;
        BeganAt = now;
        Code = ErrorCode.None;
        Message = "";
        Problems.Clear();
        Response.Clear();
        Decoder.Begin();
    }

    /// <summary>Notes why there is no answer; false, for <c>return call.Refuse(...)</c>.</summary>
    public bool Refuse(ErrorCode code, string message)
    {
        Code = code;
        Message = message;
        return false;
    }

    /// <summary>Writes the answer's message to the library.</summary>
    public void Send(SerializationContext target)
    {
        ReadOnlySpan<byte> message = Response.Written;
        target.SetPayloadLength(message.Length);
        target.GetBufferWriter().Write(message);
        target.Complete();
    }
}
