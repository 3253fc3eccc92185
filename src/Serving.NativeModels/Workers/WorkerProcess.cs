using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using System.Diagnostics;
using System.Globalization;
using System.Net.Sockets;
using Serving.Data;
using Serving.Models.Tensors;

namespace Serving.NativeModels.Workers;

/// <summary>One worker: its process, its control connection and its slots. Safe for use by several threads.</summary>
internal sealed class WorkerProcess : IAsyncDisposable
{
    private const int HasBeenKilled = 128;

    private readonly Process _process;
    private readonly string _folder;
    private readonly ConcurrentBag<WorkerSlot> _free = [];
    private readonly List<WorkerSlot> _slots = [];

    // Calls that came late wait on it behind the end; it has no handle.
    [SuppressMessage("Reliability", "CA2213", Justification = "It holds nothing to free.")]
    private readonly SemaphoreSlim _places = new(0);
    private WorkerChannel? _control;
    private volatile bool _isClosed;
    private int _underWay;
    private int _hasAnswered;

    private WorkerProcess(Process process, string folder)
    {
        _process = process;
        _folder = folder;
        Id = process.Id;
    }

    /// <summary>Its process, also when that has ended.</summary>
    public int Id { get; }

    /// <summary>What it said of its model.</summary>
    public WorkerLoaded Loaded { get; private set; } = new("", 0);

    /// <summary>Whether it has answered a call.</summary>
    public bool HasAnswered => Volatile.Read(ref _hasAnswered) != 0;

    /// <summary>Calls that it has now.</summary>
    public int UnderWay => Volatile.Read(ref _underWay);

    /// <summary>Ends when the process does.</summary>
    public Task Exit { get; private set; } = Task.CompletedTask;

    /// <summary>Starts a worker and waits until its model is loaded.</summary>
    /// <exception cref="InputException">Its runtime refuses the model.</exception>
    /// <exception cref="RuntimeMissingException">The runtime's library is not there.</exception>
    /// <exception cref="IOException">The worker died, or had not loaded in its time.</exception>
    [SuppressMessage("Reliability", "CA2000", Justification = "It is the result, or ended before the exception.")]
    public static async Task<WorkerProcess> StartAsync(
        WorkerOptions options, WorkerLoad load, CancellationToken cancellation)
    {
        string folder = MakeFolder(options);
        string path = Path.Combine(folder, "s");
        using Socket listener = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        listener.Bind(new UnixDomainSocketEndPoint(path));
        listener.Listen(load.Slots + 1);
        WorkerProcess worker = new(Start(options, path), folder);
        worker.Exit = worker._process.WaitForExitAsync(CancellationToken.None);
        using CancellationTokenSource limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        limit.CancelAfter(options.LoadTime);
        try
        {
            await worker.LoadUnlessItEndsAsync(listener, load, limit).ConfigureAwait(false);
            return worker;
        }
        catch (OperationCanceledException ended) when (!cancellation.IsCancellationRequested)
        {
            string what = worker._process.HasExited
                ? worker.DescribeExit()
                : $"had not loaded its model after {options.LoadTime.TotalSeconds:0} s";
            await worker.DisposeAsync().ConfigureAwait(false);
            throw new IOException($"the worker {what}", ended);
        }
        catch
        {
            await worker.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>Waits for a place; false where none came free in time. Whoever has one calls RunAsync.</summary>
    /// <exception cref="IOException">It is gone.</exception>
    public async ValueTask<bool> TryEnterAsync(TimeSpan timeLeft, CancellationToken cancellation)
    {
        if (!await _places.WaitAsync(timeLeft, cancellation).ConfigureAwait(false))
        {
            return false;
        }

        if (_isClosed)
        {
            _places.Release();
            throw new IOException("the worker is gone");
        }

        return true;
    }

    /// <summary>Has it run a call, which has a place, and gives the place back.</summary>
    /// <exception cref="IOException">It is gone, or does not keep to the messages: it is to be ended.</exception>
    public async ValueTask RunAsync(TensorCall call, int signature, TimeSpan timeLeft, CancellationToken cancellation)
    {
        Interlocked.Increment(ref _underWay);
        _ = _free.TryTake(out WorkerSlot? slot);
        try
        {
            await slot!.RunAsync(call, signature, timeLeft, cancellation).ConfigureAwait(false);
            Volatile.Write(ref _hasAnswered, 1);
        }
        finally
        {
            Interlocked.Decrement(ref _underWay);
            _free.Add(slot!);
            _places.Release();
        }
    }

    /// <summary>Ends it at once.</summary>
    public void Kill()
    {
        try
        {
            _process.Kill();
        }
        catch (InvalidOperationException)
        {
            // It ended by itself.
        }
    }

    /// <summary>How it ended: <c>ended with exit code 3</c>, <c>was killed by signal 9</c>.</summary>
    public string DescribeExit()
    {
        if (!_process.HasExited)
        {
            return "runs";
        }

        int code = _process.ExitCode;
        return code > HasBeenKilled
            ? string.Create(CultureInfo.InvariantCulture, $"was killed by signal {code - HasBeenKilled}")
            : string.Create(CultureInfo.InvariantCulture, $"ended with exit code {code}");
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        _control?.Dispose();
        Kill();
        await Exit.ConfigureAwait(false);

        // Its sockets are closed: whatever was under way ends now. Shared memory goes when nobody reads in it any more.
        _isClosed = true;
        for (int i = 0; i < _slots.Count; i++)
        {
            await _places.WaitAsync().ConfigureAwait(false);
        }

        foreach (WorkerSlot slot in _slots)
        {
            slot.Dispose();
        }

        _places.Release(_slots.Count + 1);
        _process.Dispose();
        if (Directory.Exists(_folder))
        {
            Directory.Delete(_folder, recursive: true);
        }
    }

    // A path of a Unix socket has at most 107 bytes, so the folder's name is short.
    private static string MakeFolder(WorkerOptions options)
    {
        string path = Path.Combine(options.TemporaryFolder, $"serving-{Guid.NewGuid():n}"[..20]);
        if (OperatingSystem.IsWindows())
        {
            throw new PlatformNotSupportedException("worker processes need Unix sockets with a folder's rights");
        }

        Directory.CreateDirectory(
            path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        return path;
    }

    private static Process Start(WorkerOptions options, string socketPath)
    {
        ProcessStartInfo start = new(options.Program, [.. options.Arguments, socketPath])
        {
            UseShellExecute = false, RedirectStandardInput = true,
        };
        foreach (string variable in options.HiddenVariables)
        {
            start.Environment.Remove(variable);
        }

        return Process.Start(start) ?? throw new IOException($"{options.Program} did not start");
    }

    private async Task LoadUnlessItEndsAsync(Socket listener, WorkerLoad load, CancellationTokenSource limit)
    {
        Task loading = LoadAsync(listener, load, limit.Token);
        if (await Task.WhenAny(loading, Exit).ConfigureAwait(false) == Exit)
        {
            await limit.CancelAsync().ConfigureAwait(false);
        }

        await loading.ConfigureAwait(false);
    }

    private async Task LoadAsync(Socket listener, WorkerLoad load, CancellationToken cancellation)
    {
        (_control, int number) = await AcceptAsync(listener, cancellation).ConfigureAwait(false);
        if (number >= 0)
        {
            throw new IOException("the worker's first connection is not its control connection");
        }

        await _control.SendAsync(WorkerMessageKind.Load, load, WorkerJson.Default.WorkerLoad, cancellation)
            .ConfigureAwait(false);
        WorkerMessageKind answer = await _control.ReceiveAsync(cancellation).ConfigureAwait(false);
        if (answer == WorkerMessageKind.LoadFailed)
        {
            WorkerFailure failure = _control.Read(WorkerJson.Default.WorkerFailure);
            throw failure.IsRuntimeMissing
                ? new RuntimeMissingException(failure.Message)
                : new InputException(new InputProblem(load.Main, failure.Message, "a model that its runtime opens"));
        }

        Loaded = _control.Read(WorkerJson.Default.WorkerLoaded);
        for (int i = 0; i < load.Slots; i++)
        {
            (WorkerChannel channel, int slot) = await AcceptAsync(listener, cancellation).ConfigureAwait(false);
            string name = string.Create(CultureInfo.InvariantCulture, $"{Path.GetFileName(_folder)}-{slot}");
            WorkerSlot made = new(channel, _folder, name);
            _slots.Add(made);
            _free.Add(made);
            _places.Release();
        }
    }

    private static async Task<(WorkerChannel Channel, int Slot)> AcceptAsync(
        Socket listener, CancellationToken cancellation)
    {
        WorkerChannel channel = new(await listener.AcceptAsync(cancellation).ConfigureAwait(false));
        WorkerMessageKind kind = await channel.ReceiveAsync(cancellation).ConfigureAwait(false);
        return kind == WorkerMessageKind.Hello && channel.Length == 4
            ? (channel, BinaryPrimitives.ReadInt32LittleEndian(channel.Body))
            : throw new IOException("the worker's connection does not begin as one");
    }
}
