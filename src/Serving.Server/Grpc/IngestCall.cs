using System.Buffers;
using Grpc.Core;
using Serving.Data;
using Serving.Engine.Ingest;
using Serving.Server.Grpc.Wire;
using Serving.Server.Rows;

namespace Serving.Server.Grpc;

/// <summary>
/// An <c>IngestRequest</c> and its answer: the bytes that came, what is wrong with them, the counts that go. Not safe
/// for use by several threads.
/// </summary>
internal sealed class IngestCall
{
    // IngestResponse.
    private const int Accepted = 1;
    private const int Duplicate = 2;
    private const int Late = 3;
    private const int Future = 4;

    private readonly byte[] _payload;
    private readonly ProtoWriter _response = new();

    /// <summary>Takes a message over: its bytes are copied, since the library may give theirs back.</summary>
    public IngestCall(in ReadOnlySequence<byte> message)
    {
        _payload = message.ToArray();
        Decoder = new RowDecoder(Problems) { TakesNamesAlone = true };
        Decoder.Begin();
    }

    /// <summary>The request's message.</summary>
    public ReadOnlySpan<byte> Payload => _payload;

    /// <summary>What is wrong with the request.</summary>
    public RequestProblems Problems { get; } = new();

    /// <summary>Reads its rows.</summary>
    public RowDecoder Decoder { get; }

    /// <summary>Why there is no answer.</summary>
    public ErrorCode Code { get; private set; }

    /// <summary>The same in words.</summary>
    public string Message { get; private set; } = "";

    /// <summary>Notes why there is no answer; false, for <c>return call.Refuse(...)</c>.</summary>
    public bool Refuse(ErrorCode code, string message)
    {
        Code = code;
        Message = message;
        return false;
    }

    /// <summary>Writes the <c>IngestResponse</c>.</summary>
    public void Encode(IngestContext context)
    {
        _response.WriteUInt(Accepted, context.Accepted);
        _response.WriteUInt(Duplicate, context.Duplicate);
        _response.WriteUInt(Late, context.Late);
        _response.WriteUInt(Future, context.Future);
    }

    /// <summary>Writes the answer's message to the library.</summary>
    public void Send(SerializationContext target)
    {
        ReadOnlySpan<byte> message = _response.Written;
        target.SetPayloadLength(message.Length);
        target.GetBufferWriter().Write(message);
        target.Complete();
    }
}
