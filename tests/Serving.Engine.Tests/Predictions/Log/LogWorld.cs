using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Serving.Data;
using Serving.Engine.Bundles;
using Serving.Engine.Pipeline;
using Serving.Engine.Predictions;
using Serving.Engine.Predictions.Log;
using Serving.Engine.Predictions.Replays;
using Serving.Engine.Tests.Fakes;
using Serving.State.Embedded;
using Xunit;

namespace Serving.Engine.Tests.Predictions.Log;

/// <summary>An engine with windows whose answers go into a prediction log, and into a record file beside it.</summary>
internal sealed class LogWorld : IAsyncDisposable
{
    private readonly EmbeddedWindowStore _store =
        EmbeddedWindowStore.OpenMemory(new EmbeddedOptions { Time = TimeProvider.System });

    private readonly RecordFile? _records;
    private readonly long _start = TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds() - 3_600_000;

    public LogWorld(BundleFolder folder, LogOptions options, bool hasRecords = false)
    {
        if (!Directory.Exists(Path.Combine(folder.Models, "pay")))
        {
            PayScript.Publish(folder);
        }

        Log = PredictionLog.Open(folder["log"], options, TimeProvider.System);
        _store.CompactionListener = Log;
        _records = hasRecords ? new RecordFile(folder["records.jsonl"], TimeProvider.System) : null;
        Engine = new InferenceEngine(
            new EngineOptions
            {
                ModelsFolder = folder.Models, LoadInline = true, Store = _store, Recorder = _records, Log = Log,
            },
            TimeProvider.System);
        Engine.Poll();
    }

    /// <summary>Small segments and no waiting for what tests do not look at.</summary>
    public static LogOptions Quick { get; } = new()
    {
        Compresses = false,
        BufferBytes = 1 << 20,
        ReserveBytes = 0,
        WriteInterval = TimeSpan.FromMilliseconds(1),
        SyncInterval = TimeSpan.Zero,
        CareInterval = TimeSpan.FromMilliseconds(5),
    };

    public PredictionLog Log { get; }

    public InferenceEngine Engine { get; }

    /// <summary>All lines of a log.</summary>
    public static List<string> Lines(string folder, out IReadOnlyList<LogProblem> problems, LogKeys? keys = null)
    {
        var reader = new PredictionLogReader(folder, keys);
        List<string> lines = [.. reader.Read().Select(pair => LineOf(pair.Record))];
        problems = reader.Problems;
        return lines;
    }

    /// <summary>Ids of all answers of a log.</summary>
    public static string[] Ids(string folder, out IReadOnlyList<LogProblem> problems) =>
        [.. Lines(folder, out problems).Select(line => JsonNode.Parse(line)!["id"]?.GetValue<string>())
            .OfType<string>()];

    /// <summary>Recomputes what a log holds.</summary>
    public static ReplayReport Replay(BundleFolder folder, string log, LogKeys? keys = null)
    {
        Bundle bundle = Bundle.Open(Path.Combine(folder.Models, "pay", "1"));
        return new RecordReplay([log], [bundle], keys).Run(null, TestContext.Current.CancellationToken);
    }

    /// <summary>Scores one request.</summary>
    public async Task<(ErrorCode Code, LogOutcome Outcome)> ScoreAsync(int number)
    {
        Assert.Equal(ErrorCode.None, Engine.Rent("pay", 0, out ScoringContext? context));
        using (context)
        {
            PayScript.Fill(context!.Rows, number, _start + (number * 1000));
            ErrorCode code = await Engine.ScoreAsync(context, TestContext.Current.CancellationToken);
            return (code, context.Log);
        }
    }

    /// <summary>Scores so many requests, none of which may fail.</summary>
    public async Task ScoreAllAsync(int first, int count)
    {
        for (int number = first; number < first + count; number++)
        {
            Assert.Equal(ErrorCode.None, (await ScoreAsync(number)).Code);
        }
    }

    public async ValueTask DisposeAsync()
    {
        Engine.Dispose();
        await _store.DisposeAsync();
        Log.Dispose();
        _records?.Dispose();
    }

    private static string LineOf(LogRecord record)
    {
        using var bytes = new MemoryStream();
        using (var json = new Utf8JsonWriter(bytes))
        {
            LogRecordJson.Write(json, record);
        }

        return Encoding.UTF8.GetString(bytes.ToArray());
    }
}
