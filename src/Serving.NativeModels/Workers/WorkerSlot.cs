using System.Buffers.Binary;
using System.Globalization;
using Serving.Data;
using Serving.Models.Tensors;

namespace Serving.NativeModels.Workers;

/// <summary>
/// A connection to a worker that takes one call at a time, and the memory in which its tensors travel. Not safe for use
/// by several threads.
/// </summary>
internal sealed class WorkerSlot(WorkerChannel channel, string folder, string name) : IDisposable
{
    private const long RegionMin = 1 << 20;

    /// <summary>Arrays and spans end there.</summary>
    private const long RegionMax = 0x7FFFFFC7;

    private const int RunSize = 16;

    private SharedRegion? _region;
    private int _regions;

    /// <summary>Has the worker run a call, and fills its outputs.</summary>
    /// <exception cref="IOException">The worker is gone, or does not keep to the messages.</exception>
    /// <exception cref="InvalidDataException">What the worker wrote is no answer.</exception>
    /// <exception cref="TensorRunException">The worker said why it has no answer.</exception>
    public async ValueTask RunAsync(TensorCall call, int signature, TimeSpan timeLeft, CancellationToken cancellation)
    {
        await EnsureAsync(TensorBlobWriter.MeasureInputs(call), cancellation).ConfigureAwait(false);
        PrepareRun(call, signature, timeLeft);
        await channel.SendAsync(WorkerMessageKind.Run, RunSize, cancellation).ConfigureAwait(false);
        long length = await ReceiveDoneAsync(cancellation).ConfigureAwait(false);
        if (length > _region!.Size)
        {
            await EnsureAsync(length, cancellation).ConfigureAwait(false);
            await channel.SendAsync(WorkerMessageKind.Again, 0, cancellation).ConfigureAwait(false);
            length = await ReceiveDoneAsync(cancellation).ConfigureAwait(false);
        }

        ReadOutputs(call, length);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        channel.Dispose();
        _region?.Dispose();
    }

    private void PrepareRun(TensorCall call, int signature, TimeSpan timeLeft)
    {
        int length = TensorBlobWriter.WriteInputs(call, _region!.Bytes);
        Span<byte> body = channel.Prepare(RunSize);
        BinaryPrimitives.WriteInt32LittleEndian(body, signature);
        BinaryPrimitives.WriteInt64LittleEndian(body[4..], timeLeft.Ticks);
        BinaryPrimitives.WriteInt32LittleEndian(body[12..], length);
    }

    private void ReadOutputs(TensorCall call, long length)
    {
        if (length < 0 || length > _region!.Size)
        {
            throw new IOException("the worker's answer does not fit the memory that it was given");
        }

        TensorBlobReader.ReadOutputs(_region.Bytes[..(int)length], call);
    }

    private async ValueTask<long> ReceiveDoneAsync(CancellationToken cancellation)
    {
        WorkerMessageKind kind = await channel.ReceiveAsync(cancellation).ConfigureAwait(false);
        if (kind == WorkerMessageKind.Failed)
        {
            WorkerFailure failure = channel.Read(WorkerJson.Default.WorkerFailure);
            throw failure.Code == ErrorCode.InvalidArgument
                ? new InputException(new InputProblem("inputs", failure.Message, "what the model takes"))
                : new TensorRunException(failure.Code, failure.Message);
        }

        return kind == WorkerMessageKind.Done && channel.Length == 8
            ? BinaryPrimitives.ReadInt64LittleEndian(channel.Body)
            : throw new IOException($"the worker sends {kind} for an answer");
    }

    // Regions only grow, to twice what is asked, so that a slot soon has one for all of its calls.
    private async ValueTask EnsureAsync(long size, CancellationToken cancellation)
    {
        if (_region is not null && _region.Size >= size)
        {
            return;
        }

        if (size > RegionMax)
        {
            throw new TensorRunException(ErrorCode.ResourceExhausted, "the tensors of one call take 2 GiB or more");
        }

        string file = string.Create(CultureInfo.InvariantCulture, $"{name}-{++_regions}");
        SharedRegion region = SharedRegion.Create(
            folder, file, Math.Clamp(2 * size, RegionMin, RegionMax));
        try
        {
            _region?.Dispose();
            _region = region;
            await channel.SendAsync(
                WorkerMessageKind.Map,
                new WorkerRegion(region.Path, region.Size),
                WorkerJson.Default.WorkerRegion,
                cancellation).ConfigureAwait(false);
            if (await channel.ReceiveAsync(cancellation).ConfigureAwait(false) != WorkerMessageKind.Mapped)
            {
                throw new IOException("the worker did not map the memory that it was given");
            }
        }
        finally
        {
            region.Unlink();
        }
    }
}
