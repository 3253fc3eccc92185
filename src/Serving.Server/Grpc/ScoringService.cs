using Grpc.Core;
using Microsoft.Extensions.Hosting;
using Serving.Data;
using Serving.Protocol.V1;
using Serving.Server.Hosting;

namespace Serving.Server.Grpc;

/// <summary>
/// The calls of <c>serving.v1.ScoringService</c>. Bound by <see cref="ScoringMethods"/>; one object serves all calls,
/// on any thread.
/// </summary>
internal sealed class ScoringService
{
    private readonly ScoreFlow _flow;
    private readonly PredictFlow _predict;
    private readonly IngestFlow _ingest;
    private readonly ScoreCallPool _pool;
    private readonly ModelCatalog _catalog;
    private readonly AdmissionGate _gate;
    private readonly ModelDeadlines _deadlines;
    private readonly TimeSpan _batchDeadline;
    private readonly string _longestText;
    private readonly string _batchText;
    private readonly TimeProvider _time;
    private readonly CancellationToken _stopping;

    /// <summary>Makes the service.</summary>
    public ScoringService(
        ScoreFlow flow,
        PredictFlow predict,
        IngestFlow ingest,
        ScoreCallPool pool,
        ModelCatalog catalog,
        AdmissionGate gate,
        ModelDeadlines deadlines,
        ServerOptions options,
        TimeProvider time,
        IHostApplicationLifetime lifetime)
    {
        _time = time;
        _longestText = GrpcTimeout.Format(deadlines.Longest);
        _batchText = GrpcTimeout.Format(options.BatchDeadline);
        _stopping = lifetime.ApplicationStopping;
        _flow = flow;
        _predict = predict;
        _ingest = ingest;
        _pool = pool;
        _catalog = catalog;
        _gate = gate;
        _deadlines = deadlines;
        _batchDeadline = options.BatchDeadline;
    }

    /// <summary>Score and ScoreBatch. The serializer gives the call back to the pool.</summary>
    public Task<ScoreCall> ScoreAsync(ScoreCall call, ServerCallContext context)
    {
        if (_deadlines.AreOwn && context.GetHttpContext().Features.Get<CallStart>() is { } start)
        {
            call.BeganAt = start.Timestamp;
        }
        else
        {
            CountFromHead(call, context);
        }

        ValueTask<ErrorCode> answer = _flow.RunAsync(call, context.CancellationToken);
        if (!answer.IsCompletedSuccessfully)
        {
            return AwaitAsync(call, answer);
        }

        return answer.Result == ErrorCode.None ? call.Completed : throw Refusal(call);
    }

    /// <summary>Predict, on the same pooled calls as Score.</summary>
    public Task<ScoreCall> PredictAsync(ScoreCall call, ServerCallContext context)
    {
        CountFromHead(call, context);
        ValueTask<ErrorCode> answer = _predict.RunAsync(call, context.CancellationToken);
        if (!answer.IsCompletedSuccessfully)
        {
            return AwaitAsync(call, answer);
        }

        return answer.Result == ErrorCode.None ? call.Completed : throw Refusal(call);
    }

    /// <summary>
    /// ScoreStream: one message at a time, so that a client which does not read its answers is not read either. A
    /// server that stops ends a stream between messages, with UNAVAILABLE.
    /// </summary>
    public async Task ScoreStreamAsync(
        IAsyncStreamReader<ScoreCall> requests, IServerStreamWriter<ScoreCall> answers, ServerCallContext context)
    {
        CancellationToken cancellation = context.CancellationToken;
        while (await MoveNextAsync(requests, cancellation))
        {
            ScoreCall call = requests.Current;
            using (await _gate.EnterAsync(cancellation))
            {
                using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
                deadline.CancelAfter(_deadlines.Longest);
                if (await _flow.RunAsync(call, deadline.Token) != ErrorCode.None)
                {
                    throw Refusal(call);
                }
            }

            await answers.WriteAsync(call, cancellation);
        }
    }

    /// <summary>Ingest.</summary>
    public async Task<IngestCall> IngestAsync(IngestCall call, ServerCallContext context) =>
        await _ingest.RunAsync(call, context.CancellationToken) == ErrorCode.None ? call : throw RefusalOf(call);

    /// <summary>IngestStream: one message at a time, as <see cref="ScoreStreamAsync"/>.</summary>
    public async Task IngestStreamAsync(
        IAsyncStreamReader<IngestCall> requests, IServerStreamWriter<IngestCall> answers, ServerCallContext context)
    {
        CancellationToken cancellation = context.CancellationToken;
        while (await MoveNextAsync(requests, cancellation))
        {
            IngestCall call = requests.Current;
            using (await _gate.EnterAsync(cancellation))
            {
                using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
                deadline.CancelAfter(_batchDeadline);
                if (await _ingest.RunAsync(call, deadline.Token) != ErrorCode.None)
                {
                    throw RefusalOf(call);
                }
            }

            await answers.WriteAsync(call, cancellation);
        }
    }

    /// <summary>GetSchema.</summary>
    public Task<Schema> GetSchemaAsync(GetSchemaRequest request, ServerCallContext context) =>
        Task.FromResult(_catalog.SchemaOf(request.Model, request.Version));

    /// <summary>ListModels.</summary>
    public Task<ListModelsResponse> ListModelsAsync(ListModelsRequest request, ServerCallContext context) =>
        Task.FromResult(_catalog.List());

    // The library's reader does not heed a token of ours while it waits; a read that is left behind ends with the call.
    private async Task<bool> MoveNextAsync<T>(IAsyncStreamReader<T> requests, CancellationToken cancellation)
    {
        try
        {
            return await requests.MoveNext(cancellation).WaitAsync(_stopping);
        }
        catch (OperationCanceledException)
            when (_stopping.IsCancellationRequested && !cancellation.IsCancellationRequested)
        {
            throw StatusMapping.ToException(ErrorCode.Unavailable, "the server is stopping");
        }
        catch (IOException)
        {
            // The caller reset the stream or its connection is gone: nobody's fault, so nothing for the log of faults.
            throw StatusMapping.ToException(ErrorCode.Cancelled, "the caller went away");
        }
    }

    // The library's deadline counts from the head of the request, so what a fallback has time for does too; a client's
    // own shorter deadline does not tell when that was.
    private void CountFromHead(ScoreCall call, ServerCallContext context)
    {
        TimeSpan maximum = call.IsBatch ? _batchDeadline : _deadlines.Longest;
        if (context.GetHttpContext().Request.Headers["grpc-timeout"] == (call.IsBatch ? _batchText : _longestText))
        {
            TimeSpan gone = maximum - (context.Deadline - _time.GetUtcNow().UtcDateTime);
            bool isSane = gone > TimeSpan.Zero && gone <= maximum;
            long ticks = isSane ? (long)(gone.TotalSeconds * _time.TimestampFrequency) : 0;
            call.BeganAt = Math.Min(call.BeganAt, _time.GetTimestamp() - ticks);
        }
    }

    private async Task<ScoreCall> AwaitAsync(ScoreCall call, ValueTask<ErrorCode> answer) =>
        await answer == ErrorCode.None ? call : throw Refusal(call);

    private static RpcException RefusalOf(IngestCall call) =>
        StatusMapping.ToException(call.Code, call.Message, call.Problems);

    private RpcException Refusal(ScoreCall call)
    {
        RpcException exception = StatusMapping.ToException(call.Code, call.Message, call.Problems);
        _pool.Return(call);
        return exception;
    }
}
