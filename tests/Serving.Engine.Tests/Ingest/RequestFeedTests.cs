using System.Collections.Immutable;
using Serving.Data;
using Serving.Engine.Ingest;
using Serving.Engine.Pipeline;
using Serving.Engine.Predictions.Replays;
using Serving.Engine.Routing;
using Serving.Engine.Versions;
using Xunit;

namespace Serving.Engine.Tests.Ingest;

/// <summary>A request's event reaches the logs of every Ready version of its feature set.</summary>
public sealed class RequestFeedTests
{
    [Fact]
    public void Score_OnOneVersion_FillsTheLogsOfTheOther()
    {
        using var set = SetEngine.Of(SetEngine.ByCard, SetEngine.ByAddress);
        set.Score(1, "a", set.Now, "10.00").Dispose();
        set.Score(1, "b", set.Now + 10, "1.00").Dispose();
        set.Score(2, "c", set.Now + 20, "7.00").Dispose();
        Assert.Equal(3, set.Count(2, "n", set.Now + 100));
        Assert.Equal(2, set.Count(2, "ip_n", set.Now + 100));
        Assert.Equal(3, set.Count(1, "n", set.Now + 100));
    }

    [Fact]
    public void Score_ByAVersionWithoutWindows_FillsTheLogsThatItsRequestsCanTake()
    {
        string byAmount = """
            features pay 4;
            request txn { id: string; at: time; amount: decimal(2); } id id, time at;
            window a = txn by amount last 1h;
            feature n = count() over a;
            """;
        using var set = SetEngine.Of(SetEngine.Plain, byAmount, SetEngine.ByCard);
        set.Score(1, "a", set.Now, "1.00").Dispose();
        set.Score(1, "b", 1000, "1.00").Dispose();
        Assert.Equal(1, set.Count(2, "n", set.Now + 100));
        Assert.Equal(1, set.Count(3, "n", set.Now + 100));
    }

    [Fact]
    public void Score_Only_AppendsNothing()
    {
        using var set = SetEngine.Of(SetEngine.ByCard, SetEngine.ByAddress);
        using (ScoringContext context = set.Score(1, "a", set.Now, "10.00", scoreOnly: true))
        {
            Assert.Equal(1, context.StateBatch!.Count);
        }

        Assert.Equal(0, set.Count(2, "ip_n", set.Now + 100));
    }

    [Fact]
    public void Of_VersionsThatShareAllLogs_IsNothing()
    {
        string other = SetEngine.ByCard.Replace("pay 1", "pay 2", StringComparison.Ordinal);
        using var set = SetEngine.Of(SetEngine.ByCard, other);
        using ScoringContext context = set.Score(1, "a", set.Now, "10.00");
        Assert.Null(context.Feeding);
        Assert.Equal(1, context.StateBatch!.Count);
    }

    [Fact]
    public void Of_LogOfTwoOtherVersions_IsFedOnce()
    {
        string other = SetEngine.ByAddress.Replace("pay 2", "pay 3", StringComparison.Ordinal);
        using var set = SetEngine.Of(SetEngine.ByCard, SetEngine.ByAddress, other);
        using ScoringContext context = set.Score(1, "a", set.Now, "10.00");
        Assert.Equal(2, context.StateBatch!.Count);
        Assert.Single(context.Feeding!.Feed.Parts);
        Assert.Equal(["ip"], context.Feeding.Feed.Fields.Select(field => field.Name));
    }

    // A field of the other version's label is never taken, and a required one that is absent keeps the row out.
    [Fact]
    public void Ask_RowWithoutAFieldThatTheOtherNeeds_IsNotFed()
    {
        using var set = SetEngine.Of(SetEngine.ByCard, SetEngine.ByAddress);
        using ScoringContext context = set.Rent(1);
        Assert.Equal(RequestSchema.Ignored, context.Schema.PlaceOf("fraud"u8));
        context.Rows.AddRow();
        context.Rows.SetText(0, 0, "a"u8);
        context.Rows.Set(0, 1, set.Now);
        context.Rows.SetText(0, 2, "c1"u8);
        context.Rows.Set(0, 3, 100);
        Assert.Equal(ErrorCode.None, set.Engine.Score(context));
        Assert.Equal(1, context.StateBatch!.Count);
    }

    [Fact]
    public void ModelTable_WarmingVersion_IsFedAndNotServed()
    {
        using var set = SetEngine.Of(SetEngine.ByCard, SetEngine.ByAddress);
        using ScoringContext first = set.Rent(1);
        using ScoringContext second = set.Rent(2);
        var table = new ModelTable(
            [first.Served], [], [second.Served], (model, _) => new TrafficState { Model = model });
        ModelEntry entry = table.Find("pay"u8)!;
        Assert.True(entry.TryRent(0, isPinned: false, out ScoringContext? context));
        using (context)
        {
            Assert.Single(context!.Feeding!.Feed.Parts);
            Assert.True(context.Schema.PlaceOf("ip"u8) >= 0);
        }

        Assert.Equal(-1, entry.IndexOfReady(2, default));
        ImmutableArray<IngestLogs> parts = table.Events.Find("pay", "txn")!.Parts;
        Assert.Equal(2, parts.Length);
    }

    [Fact]
    public void Replay_RecordsOfBothVersions_AgreeWithPrefixAndHistory()
    {
        using var set = SetEngine.Recorded(SetEngine.ByCard, SetEngine.ByAddress, SetEngine.Plain);
        for (int index = 0; index < 60; index++)
        {
            string amount = index % 2 == 0 ? "9.00" : "2.50";
            set.Score(1 + (index % 3), $"t{index % 50}", set.Now + index, amount, scoreOnly: index % 11 == 0).Dispose();
        }

        ReplayReport report = set.Replay();
        Assert.Equal((60, 60, 0), (report.Records, report.Equal, report.Different));
        Assert.Equal(60, report.History[HistoryClass.Equal]);
    }

    [Fact]
    public void Score_AfterWarmUp_AllocatesNothing()
    {
        using var set = SetEngine.Of(SetEngine.ByCard, SetEngine.ByAddress);
        for (int round = 0; round < 200; round++)
        {
            Score(set, round);
        }

        // Blobs grow, some into sizes that their shard had none of, and those of cards are read decoded. A collection,
        // which other tests may cause, counts what is left of the thread's 8 KiB as allocated by it.
        int allocating = 0;
        for (int round = 200; round < 250; round++)
        {
            long before = GC.GetAllocatedBytesForCurrentThread();
            Score(set, round);
            allocating += GC.GetAllocatedBytesForCurrentThread() > before ? 1 : 0;
        }

        Assert.InRange(allocating, 0, 2);
        Assert.NotEqual(0, set.Store.Status.ImageBytes);
    }

    // So many keys that no blob grows to where it is folded.
    private static void Score(SetEngine set, int round)
    {
        ReadOnlySpan<byte> key = [(byte)('0' + (round % 32))];
        set.Engine.Rent("pay"u8, 1, out ScoringContext? context);
        using (context)
        {
            RowBatch rows = context!.Rows;
            rows.AddRow();
            rows.SetText(0, 0, "t1"u8);
            rows.Set(0, 1, set.Now + round);
            rows.SetText(0, 2, key);
            rows.Set(0, 3, 900);
            rows.SetText(0, context.Schema.PlaceOf("ip"u8), key);
            if (set.Engine.Score(context) != ErrorCode.None || context.StateBatch!.Count != 2)
            {
                throw new InvalidOperationException(context.ErrorMessage);
            }
        }
    }
}
