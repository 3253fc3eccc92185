using System.Text;
using Serving.Data;
using Serving.Engine.Ingest;
using Serving.Features;
using Serving.State;
using Serving.State.Embedded;
using Serving.State.Windows;
using Xunit;

namespace Serving.Engine.Tests.Ingest;

public sealed class StateBackfillTests
{
    private const long Until = 1_000_000;

    // What became known between the end of the files and the moment since when the store keeps events is nowhere.
    [Theory]
    [InlineData(null, 0)]
    [InlineData(Until - 1, 0)]
    [InlineData(Until, 0)]
    [InlineData(Until + 5_000, Until + 5_000)]
    public async Task Write_StoreThatKeepsTheLogSince_TellsTheGap(long? since, long gap)
    {
        FeatureScript script = FeatureScript.Compile(Encoding.UTF8.GetBytes(SetEngine.ByCard), "pay.feat", out _)!;
        await using EmbeddedWindowStore store = EmbeddedWindowStore.OpenMemory(
            new EmbeddedOptions { Time = TimeProvider.System });
        ulong log = new LogCodec(script.Windows.Logs[0]).History;
        if (since is { } live)
        {
            await store.NoteHistoryAsync(log, new LogHistory(live, IsFilled: false), CancellationToken.None);
        }

        var backfill = new StateBackfill(script, Until);
        backfill.Add(script.Events[0], new RowBatch(script.Events[0].Schema));
        await backfill.WriteAsync(store, null, CancellationToken.None);

        Assert.Equal(gap, backfill.GapUntilMs);
        Assert.True((await store.HistoryOfAsync(log, CancellationToken.None))!.Value.IsFilled);
    }
}
