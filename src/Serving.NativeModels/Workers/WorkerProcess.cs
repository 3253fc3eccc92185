using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.ComponentModel;
using System.Diagnostics.CodeAnalysis;
using System.Diagnostics;
using System.Globalization;
using System.Net.Sockets;
using System.Text;
using Serving.Data;
using Serving.Models.Tensors;

namespace Serving.NativeModels.Workers;

/// <summary>One worker: its process, its control connection and its slots. Safe for use by several threads.</summary>
internal sealed class WorkerProcess : IAsyncDisposable
{
    private const int HasBeenKilled = 128;

    private readonly Process _process;
    private readonly string _folder;
    private readonly Socket _listener;
    private readonly ConcurrentBag<WorkerSlot> _free = [];
    private readonly List<WorkerSlot> _slots = [];

    // Calls that came late wait on it behind the end; it has no handle.
    [SuppressMessage("Reliability", "CA2213", Justification = "It holds nothing to free.")]
    private readonly SemaphoreSlim _places = new(0);
    private WorkerChannel? _control;
    private volatile bool _isClosed;
    private int _underWay;
    private int _hasAnswered;

    private WorkerProcess(Process process, string folder, Socket listener)
    {
        _process = process;
        _folder = folder;
        _listener = listener;
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

    /// <summary>Starts a worker, which has no model yet, and has it make a format's runtime ready.</summary>
    /// <exception cref="IOException">The worker died, or had not connected in its time.</exception>
    [SuppressMessage("Reliability", "CA2000", Justification = "It is the result, or ended before the exception.")]
    public static async Task<WorkerProcess> StartAsync(
        WorkerOptions options, string format, CancellationToken cancellation)
    {
        string folder = MakeFolder(options);
        string path = Path.Combine(folder, "s");
        Socket listener = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        listener.Bind(new UnixDomainSocketEndPoint(path));
        listener.Listen(options.Slots + 1);
        WorkerProcess worker;
        try
        {
            worker = new(Start(options, path), folder, listener);
        }
        catch (IOException)
        {
            listener.Dispose();
            Directory.Delete(folder, recursive: true);
            throw;
        }

        worker.Exit = worker._process.WaitForExitAsync(CancellationToken.None);
        await worker.UnlessItEndsAsync(options, token => worker.ConnectAsync(format, token), cancellation)
            .ConfigureAwait(false);
        return worker;
    }

    /// <summary>Has it load its model; where that fails it is ended.</summary>
    /// <exception cref="InputException">Its runtime refuses the model.</exception>
    /// <exception cref="RuntimeMissingException">The runtime's library is not there.</exception>
    /// <exception cref="IOException">The worker died, or had not loaded in its time.</exception>
    public Task LoadAsync(WorkerOptions options, WorkerLoad load, CancellationToken cancellation) =>
        UnlessItEndsAsync(options, token => LoadCoreAsync(load, token), cancellation);

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
        _listener.Dispose();
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

        try
        {
            return Process.Start(start) ?? throw new IOException($"{options.Program} did not start");
        }
        catch (Win32Exception error)
        {
            throw new IOException($"{options.Program} cannot be started: {error.Message}", error);
        }
    }

    private async Task UnlessItEndsAsync(
        WorkerOptions options, Func<CancellationToken, Task> act, CancellationToken cancellation)
    {
        using CancellationTokenSource limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        limit.CancelAfter(options.LoadTime);
        try
        {
            Task acting = act(limit.Token);
            if (await Task.WhenAny(acting, Exit).ConfigureAwait(false) == Exit)
            {
                await limit.CancelAsync().ConfigureAwait(false);
            }

            await acting.ConfigureAwait(false);
        }
        catch (OperationCanceledException ended) when (!cancellation.IsCancellationRequested)
        {
            string what = _process.HasExited
                ? DescribeExit()
                : $"had not loaded its model after {options.LoadTime.TotalSeconds:0} s";
            await DisposeAsync().ConfigureAwait(false);
            throw new IOException($"the worker {what}", ended);
        }
        catch
        {
            await DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    private async Task ConnectAsync(string format, CancellationToken cancellation)
    {
        (_control, int number) = await AcceptAsync(cancellation).ConfigureAwait(false);
        if (number >= 0)
        {
            throw new IOException("the worker's first connection is not its control connection");
        }

        int length = Encoding.UTF8.GetBytes(format, _control.Prepare(Encoding.UTF8.GetByteCount(format)));
        await _control.SendAsync(WorkerMessageKind.Prepare, length, cancellation).ConfigureAwait(false);
    }

    private async Task LoadCoreAsync(WorkerLoad load, CancellationToken cancellation)
    {
        await _control!.SendAsync(WorkerMessageKind.Load, load, WorkerJson.Default.WorkerLoad, cancellation)
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
            (WorkerChannel channel, int slot) = await AcceptAsync(cancellation).ConfigureAwait(false);
            string name = string.Create(CultureInfo.InvariantCulture, $"{Path.GetFileName(_folder)}-{slot}");
            WorkerSlot made = new(channel, _folder, name);
            _slots.Add(made);
            _free.Add(made);
            _places.Release();
        }

        // Nobody else is to connect.
        _listener.Dispose();
    }

    private async Task<(WorkerChannel Channel, int Slot)> AcceptAsync(CancellationToken cancellation)
    {
        WorkerChannel channel = new(await _listener.AcceptAsync(cancellation).ConfigureAwait(false));
        WorkerMessageKind kind = await channel.ReceiveAsync(cancellation).ConfigureAwait(false);
        return kind == WorkerMessageKind.Hello && channel.Length == 4
            ? (channel, BinaryPrimitives.ReadInt32LittleEndian(channel.Body))
            : throw new IOException("the worker's connection does not begin as one");
    }
}
