using Serving.Engine.Predictions;
using Serving.Engine.Predictions.Log;
using Serving.State;

namespace Serving.Server.Hosting;

/// <summary>
/// The state that a server keeps and the records of its answers: opened before the engine, closed once nothing is
/// under way any more.
/// </summary>
internal sealed class ServerState : IAsyncDisposable
{
    private readonly OpenStore _store;
    private readonly RecordFile? _records;

    private ServerState(OpenStore store, RecordFile? records, PredictionLog? log)
    {
        Log = log;
        _store = store;
        _records = records;
        Recorder = records is null ? null : new WarmUpRecorder(records);
    }

    /// <summary>The store.</summary>
    public IWindowStore Store => _store.Store;

    /// <summary>Where it is.</summary>
    public StateLocation Location => _store.Location;

    /// <summary>What it counts.</summary>
    public IReadOnlyList<StoreGauge> Gauges => _store.Gauges;

    /// <summary>What an operator should know of it now; empty when all is well.</summary>
    public IEnumerable<string> Warnings => _store.Warnings();

    /// <summary>The prediction log; null without <c>--log</c>.</summary>
    public PredictionLog? Log { get; }

    /// <summary>Takes answers down; null without <c>--records</c>.</summary>
    public WarmUpRecorder? Recorder { get; }

    /// <summary>The file of records; null without one.</summary>
    public RecordFile? Records => _records;

    /// <summary>Opens both.</summary>
    /// <exception cref="IOException">
    /// The folder is held by another process, or one of them cannot be written.
    /// </exception>
    public static async Task<ServerState> OpenAsync(ServerOptions options, TimeProvider time)
    {
        // The file first: it is the one that fails, and nothing is held yet.
        RecordFile? records = options.Records is null ? null : new RecordFile(options.Records, time);
        OpenStore? store = null;
        PredictionLog? log = null;
        try
        {
            log = LogOpening.Open(options, time);
            store = await StoreOpening.OpenAsync(options.State, options.StateLimits, time);
        }
        finally
        {
            if (store is null)
            {
                records?.Dispose();
                log?.Dispose();
            }
        }

        string server = $"{Environment.MachineName}:{Environment.ProcessId}";
        store.Store.CompactionListener = CompactionListeners.Of(records, log);
        records?.RecordStart(server, time.GetUtcNow(), store.WasClean);
        log?.RecordStart(server, store.WasClean);
        return new ServerState(store, records, log);
    }

    /// <summary>Closes the store, which drains what it holds, then the records: the store's end may compact.</summary>
    public async ValueTask DisposeAsync()
    {
        await _store.DisposeAsync();
        _records?.Dispose();
        Log?.Dispose();
    }
}
