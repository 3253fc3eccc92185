using System.Diagnostics.CodeAnalysis;
using Serving.Data;
using Serving.Models.Tensors;

namespace Serving.NativeModels.Workers;

/// <summary>
/// Runs a model in a worker process, and starts the next one when it dies. Safe for use by several threads.
/// </summary>
/// <remarks>
/// A model is a program: what crashes, hangs or takes all memory is the worker, not the server. Calls that it had are
/// answered UNAVAILABLE, those that come before the next worker is ready too, at once: a fallback has its time left.
/// The next worker starts without a delay; only while workers die before they have answered a call the delay grows.
/// </remarks>
public sealed class WorkerScorer : ITensorScorer
{
    private static readonly Task<WorkerProcess?> s_none = Task.FromResult<WorkerProcess?>(null);

    private readonly WorkerOptions _options;
    private readonly WorkerLoad _load;
    private readonly TimeSpan _callTime;
    private readonly ModelFolderLease _folder;
    private readonly TimeProvider _time;
    private readonly IWorkerObserver? _observer;
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _watch;
    private volatile WorkerProcess? _worker;
    private Task<WorkerProcess?> _spare = s_none;
    private volatile string _lastDeath = "";

    private WorkerScorer(
        WorkerOptions options,
        WorkerLoad load,
        TensorModel model,
        ModelFolderLease folder,
        WorkerProcess first,
        TimeProvider time,
        IWorkerObserver? observer)
    {
        _options = options;
        _load = load;
        _callTime = load.Options.CallTime;
        _folder = folder;
        _time = time;
        _observer = observer;
        Model = model;
        RunsOn = $"{first.Loaded.RunsOn}, in a worker process";
        MemoryBytes = first.Loaded.MemoryBytes;
        _worker = first;
        _watch = Task.Run(() => WatchAsync(first), CancellationToken.None);
    }

    /// <inheritdoc/>
    public TensorModel Model { get; }

    /// <inheritdoc/>
    public string RunsOn { get; }

    /// <inheritdoc/>
    public bool IsDeferred => true;

    /// <inheritdoc/>
    public long MemoryBytes { get; }

    /// <summary>The process that runs calls now; 0 while there is none.</summary>
    public int ProcessId => _worker?.Id ?? 0;

    /// <inheritdoc/>
    public TensorHost Host => new() { Isolation = TensorHost.Process, ProcessId = ProcessId };

    /// <inheritdoc/>
    public TensorCall CreateCall(int signature) => new WorkerCall(this, signature, Model.Signatures[signature]);

    /// <inheritdoc/>
    public void Dispose()
    {
        _stop.Cancel();
        _watch.GetAwaiter().GetResult();
        _stop.Dispose();
        _folder.Dispose();
    }

    /// <summary>Starts the first worker of a model that was checked.</summary>
    /// <exception cref="InputException">Its runtime refuses the model.</exception>
    /// <exception cref="RuntimeMissingException">The runtime's library is not there.</exception>
    internal static async Task<WorkerScorer> StartAsync(
        WorkerOptions options,
        TensorModel model,
        ModelFiles files,
        TensorModelOptions modelOptions,
        TimeProvider time,
        IWorkerObserver? observer)
    {
        ModelFolderLease folder = files.Materialise(model.Files);
        try
        {
            WorkerLoad load = new(model.Format, folder.Path, files.Main, modelOptions, options.Slots);
            long began = time.GetTimestamp();
            WorkerProcess first = await WorkerProcess.StartAsync(options, load.Format, CancellationToken.None)
                .ConfigureAwait(false);
            await first.LoadAsync(options, load, CancellationToken.None).ConfigureAwait(false);
            observer?.OnReady(first.Id, time.GetElapsedTime(began));
            return new WorkerScorer(options, load, model, folder, first, time, observer);
        }
        catch (IOException error)
        {
            folder.Dispose();
            throw new InputException(new InputProblem(files.Main, error.Message, "a worker that loads the model"));
        }
        catch
        {
            folder.Dispose();
            throw;
        }
    }

    /// <summary>Has the worker run a call.</summary>
    internal async ValueTask RunAsync(
        WorkerCall call, int signature, TimeSpan timeLeft, CancellationToken cancellation)
    {
        if (_worker is not { } worker)
        {
            throw new TensorRunException(
                ErrorCode.Unavailable, $"the model's worker {_lastDeath}, and the next one is not ready yet");
        }

        TimeSpan limit = timeLeft < _callTime ? timeLeft : _callTime;
        limit = limit > TimeSpan.Zero ? limit : TimeSpan.Zero;
        long began = _time.GetTimestamp();
        await EnterAsync(worker, limit, cancellation).ConfigureAwait(false);
        TimeSpan left = limit - _time.GetElapsedTime(began);
        left = left > TimeSpan.Zero ? left : TimeSpan.Zero;

        // Whoever waits no longer leaves the slot out of step: the worker is given its time to end the call by itself.
        using CancellationTokenSource hang = new(left + _options.HangTime, _time);
        try
        {
            await worker.RunAsync(call, signature, left, hang.Token).ConfigureAwait(false);
        }
        catch (Exception error) when (error is IOException or InvalidDataException or OperationCanceledException)
        {
            worker.Kill();
            throw new TensorRunException(
                hang.IsCancellationRequested ? ErrorCode.DeadlineExceeded : ErrorCode.Unavailable,
                hang.IsCancellationRequested
                    ? "the worker did not end the call in its time and was killed"
                    : "the model's worker died while it ran the call",
                error);
        }

        cancellation.ThrowIfCancellationRequested();
    }

    // Calls that others hold the places against are late, not proof of a hang.
    private static async ValueTask EnterAsync(
        WorkerProcess worker, TimeSpan limit, CancellationToken cancellation)
    {
        try
        {
            if (!await worker.TryEnterAsync(limit, cancellation).ConfigureAwait(false))
            {
                throw new TensorRunException(
                    ErrorCode.DeadlineExceeded, "the model's worker had no place for the call in its time");
            }
        }
        catch (IOException error)
        {
            throw new TensorRunException(
                ErrorCode.Unavailable, "the model's worker died while the call waited for it", error);
        }
    }

    private async Task WatchAsync(WorkerProcess worker)
    {
        int deadWithoutAnswer = 0;
        while (true)
        {
            _spare = _options.KeepsSpare ? StartSpareAsync() : s_none;
            await Task.WhenAny(worker.Exit, Task.Delay(Timeout.InfiniteTimeSpan, _time, _stop.Token))
                .ConfigureAwait(false);
            _worker = null;
            if (_stop.IsCancellationRequested)
            {
                await worker.DisposeAsync().ConfigureAwait(false);
                await EndSpareAsync().ConfigureAwait(false);
                return;
            }

            deadWithoutAnswer = worker.HasAnswered ? 0 : deadWithoutAnswer + 1;
            _lastDeath = worker.DescribeExit();
            _observer?.OnDied(worker.Id, _lastDeath, worker.UnderWay);
            await worker.DisposeAsync().ConfigureAwait(false);
            if (await NextAsync(deadWithoutAnswer).ConfigureAwait(false) is not { } next)
            {
                await EndSpareAsync().ConfigureAwait(false);
                return;
            }

            worker = next;
        }
    }

    // A spare that cannot be started is none: the next worker says what is wrong.
    private async Task<WorkerProcess?> StartSpareAsync()
    {
        try
        {
            return await WorkerProcess.StartAsync(_options, _load.Format, _stop.Token).ConfigureAwait(false);
        }
        catch (Exception error) when (error is IOException or OperationCanceledException)
        {
            return null;
        }
    }

    // One that is still on its way is nearer than one that has not begun.
    private async Task<WorkerProcess?> TakeSpareAsync()
    {
        WorkerProcess? spare = await _spare.ConfigureAwait(false);
        _spare = s_none;
        if (spare is { Exit.IsCompleted: true })
        {
            await spare.DisposeAsync().ConfigureAwait(false);
            return null;
        }

        return spare;
    }

    private async Task EndSpareAsync()
    {
        if (await TakeSpareAsync().ConfigureAwait(false) is { } spare)
        {
            await spare.DisposeAsync().ConfigureAwait(false);
        }
    }

    // Null when it was told to stop.
    [SuppressMessage("Reliability", "CA2000", Justification = "It is the result, or ended before the exception.")]
    private async Task<WorkerProcess?> NextAsync(int deadWithoutAnswer)
    {
        for (int dead = deadWithoutAnswer; ; dead++)
        {
            try
            {
                await Task.Delay(_options.DelayAfter(dead), _time, _stop.Token).ConfigureAwait(false);
                long began = _time.GetTimestamp();
                WorkerProcess next = await TakeSpareAsync().ConfigureAwait(false)
                    ?? await WorkerProcess.StartAsync(_options, _load.Format, _stop.Token).ConfigureAwait(false);
                await next.LoadAsync(_options, _load, _stop.Token).ConfigureAwait(false);

                // Who hears of it may call at once: it takes calls by then.
                _worker = next;
                _observer?.OnReady(next.Id, _time.GetElapsedTime(began));
                return next;
            }
            catch (OperationCanceledException)
            {
                return null;
            }
            catch (Exception error) when (error is IOException or InputException or RuntimeMissingException)
            {
                _lastDeath = error.Message;
                _observer?.OnDied(0, error.Message, 0);
            }
        }
    }
}
