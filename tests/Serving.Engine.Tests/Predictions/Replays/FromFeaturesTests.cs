using System.Text.RegularExpressions;
using Serving.Data;
using Serving.Engine.Bundles;
using Serving.Engine.Pipeline;
using Serving.Engine.Predictions;
using Serving.Engine.Predictions.Replays;
using Serving.Engine.Tests.Fakes;
using Serving.State.Embedded;
using Xunit;

namespace Serving.Engine.Tests.Predictions.Replays;

/// <summary>Answers whose prefix a kill took the record of are rescored from the features that they tell.</summary>
public sealed class FromFeaturesTests : IDisposable
{
    private readonly BundleFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Replay_PrefixWithoutARecord_IsRescoredFromFeatures()
    {
        string[] lines = await RecordAsync(6);
        File.WriteAllLines(_folder["lost.jsonl"], lines.Where((_, place) => place != 2));

        ReplayReport report = Replay("lost.jsonl");

        Assert.Equal((5, 2, 0, 3), (report.Records, report.Equal, report.Different, report.FromFeatures));
        Assert.Equal(3, report.History[HistoryClass.Lost]);
    }

    [Fact]
    public async Task Replay_LostPrefixAndAnotherScore_IsDifferent()
    {
        string[] lines = await RecordAsync(6);
        lines[4] = Regex.Replace(
            lines[4], "\"raw_score\":[^,]*", "\"raw_score\":0.123", RegexOptions.None, TimeSpan.FromSeconds(1));
        File.WriteAllLines(_folder["changed.jsonl"], lines.Where((_, place) => place != 2));

        ReplayReport report = Replay("changed.jsonl");

        Assert.Equal((1, 2), (report.Different, report.FromFeatures));
        Assert.Contains(report.Differences, difference => difference is
        {
            Id: "t4", Feature: "raw_score", Recorded: "0.123", Class: "from_features",
        });
    }

    private async Task<string[]> RecordAsync(int count)
    {
        PayScript.Publish(_folder);
        string file = _folder["answers.jsonl"];
        TimeProvider time = TimeProvider.System;
        EmbeddedWindowStore store = EmbeddedWindowStore.OpenMemory(new EmbeddedOptions { Time = time });
        using (var records = new RecordFile(file, time))
        using (var engine = new InferenceEngine(
            new EngineOptions
            {
                ModelsFolder = _folder.Models, LoadInline = true, Store = store, Recorder = records,
            },
            time))
        {
            engine.Poll();
            long start = time.GetUtcNow().ToUnixTimeMilliseconds() - (count * 1000);
            for (int number = 0; number < count; number++)
            {
                Assert.Equal(ErrorCode.None, engine.Rent("pay", 0, out ScoringContext? context));
                PayScript.Fill(context!.Rows, number, start + (number * 1000));
                Assert.Equal(ErrorCode.None, engine.Score(context));
                context.Dispose();
            }
        }

        await store.DisposeAsync();
        return [.. File.ReadLines(file).Where(line => line.StartsWith("{\"id\"", StringComparison.Ordinal))];
    }

    private ReplayReport Replay(string file)
    {
        Bundle bundle = Bundle.Open(Path.Combine(_folder.Models, "pay", "1"));
        return new RecordReplay([_folder[file]], [bundle]).Run(null, TestContext.Current.CancellationToken);
    }
}
