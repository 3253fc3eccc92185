using System.Buffers.Binary;
using Serving.Data;
using Serving.Models.Tensors;

namespace Serving.NativeModels.Workers;

/// <summary>Answers the calls of one slot in the worker. One thread.</summary>
internal sealed class WorkerServer(WorkerChannel channel, ITensorScorer scorer) : IDisposable
{
    private readonly TensorCall?[] _calls = new TensorCall?[scorer.Model.Signatures.Length];
    private SharedRegion? _region;
    private TensorCall? _answered;

    /// <summary>Answers until the server is gone.</summary>
    public async Task RunAsync()
    {
        try
        {
            while (true)
            {
                WorkerMessageKind kind = await channel.ReceiveAsync(CancellationToken.None).ConfigureAwait(false);
                switch (kind)
                {
                    case WorkerMessageKind.Map:
                        WorkerRegion region = channel.Read(WorkerJson.Default.WorkerRegion);
                        _region?.Dispose();
                        _region = SharedRegion.Open(region.Path, region.Size);
                        await channel.SendAsync(WorkerMessageKind.Mapped, 0, CancellationToken.None)
                            .ConfigureAwait(false);
                        break;
                    case WorkerMessageKind.Run:
                        await RunCallAsync().ConfigureAwait(false);
                        break;
                    case WorkerMessageKind.Again:
                        await AnswerAsync().ConfigureAwait(false);
                        break;
                    default:
                        return;
                }
            }
        }
        catch (IOException)
        {
            // The server is gone: the control connection ends the process.
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _region?.Dispose();
        foreach (TensorCall? call in _calls)
        {
            call?.Dispose();
        }
    }

    private async ValueTask RunCallAsync()
    {
        WorkerFailure? failure = null;
        try
        {
            (TensorCall call, TimeSpan timeLeft) = ReadCall();
            await call.RunAsync(timeLeft, CancellationToken.None).ConfigureAwait(false);
            _answered = call;
        }
        catch (TensorRunException error)
        {
            failure = new WorkerFailure(error.Code, error.Message);
        }
        catch (InputException error)
        {
            failure = new WorkerFailure(ErrorCode.InvalidArgument, error.Message);
        }
        catch (OutOfMemoryException)
        {
            failure = new WorkerFailure(ErrorCode.ResourceExhausted, "the call takes more memory than its worker has");
        }

        if (failure is null)
        {
            await AnswerAsync().ConfigureAwait(false);
        }
        else
        {
            await channel.SendAsync(
                WorkerMessageKind.Failed, failure, WorkerJson.Default.WorkerFailure, CancellationToken.None)
                .ConfigureAwait(false);
        }
    }

    private (TensorCall Call, TimeSpan TimeLeft) ReadCall()
    {
        ReadOnlySpan<byte> body = channel.Body;
        int signature = BinaryPrimitives.ReadInt32LittleEndian(body);
        long ticks = BinaryPrimitives.ReadInt64LittleEndian(body[4..]);
        int length = BinaryPrimitives.ReadInt32LittleEndian(body[12..]);
        TensorCall call = _calls[signature] ??= scorer.CreateCall(signature);
        TensorBlobReader.ReadInputs(_region!.Bytes[..length], call);
        return (call, TimeSpan.FromTicks(ticks));
    }

    private ValueTask AnswerAsync()
    {
        long length = TensorBlobWriter.MeasureOutputs(_answered!);
        if (length <= _region!.Size)
        {
            TensorBlobWriter.WriteOutputs(_answered!, _region.Bytes);
        }

        BinaryPrimitives.WriteInt64LittleEndian(channel.Prepare(8), length);
        return channel.SendAsync(WorkerMessageKind.Done, 8, CancellationToken.None);
    }
}
