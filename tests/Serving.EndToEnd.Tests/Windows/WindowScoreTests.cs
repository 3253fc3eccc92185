using System.Diagnostics;
using Grpc.Core;
using Serving.EndToEnd.Tests.Fixtures;
using Serving.Protocol.V1;

namespace Serving.EndToEnd.Tests.Windows;

/// <summary>Scores of a script with windows: cases F and L of hardening.md that concern state.</summary>
public sealed class WindowScoreTests(WindowServer server) : IClassFixture<WindowServer>
{
    [Fact]
    public async Task Score_Requests_SeeThoseBeforeThem()
    {
        ScoreResponse first = await server.ScoreAsync("1", "seen", server.Now, "10.00");
        ScoreResponse second = await server.ScoreAsync("2", "seen", server.Now + 1000, "20.00");
        ScoreResponse third = await server.ScoreAsync("3", "seen", server.Now + 2000, "30.00");

        Assert.Equal([0, 1, 2], [.. new[] { first, second, third }.Select(a => WindowServer.Count(a, "card_n_1h"))]);
        Assert.Equal("30.00", third.Features["card_sum_1d"].StringValue);
        Assert.Equal("20.00", third.Features["last_amount"].StringValue);
    }

    [Fact]
    public async Task Score_WithoutLearning_LeavesNoTrace()
    {
        await server.ScoreAsync("1", "quiet", server.Now, scoreOnly: true);
        (int status, _) = await server.PostAsync(
            "/v1/score/pay?score_only=true",
            $$"""{"id":"2","at":{{WindowServer.Text(server.Now)}},"card":"quiet","amount":"1.00"}""");

        ScoreResponse answer = await server.ScoreAsync("3", "quiet", server.Now + 1000);

        Assert.Equal(200, status);
        Assert.Equal(0, WindowServer.Count(answer, "card_n_1d"));
    }

    [Fact]
    public async Task ScoreBatch_RowsOfOneKey_SeeEachOtherByTime()
    {
        ScoreBatchResponse answer = await server.Client.ScoreBatchAsync(new ScoreBatchRequest
        {
            Model = "pay",
            Rows =
            {
                WindowServer.Payment("2", "batch", server.Now + 1000),
                WindowServer.Payment("1", "batch", server.Now),
                WindowServer.Payment("3", "batch", server.Now + 1000),
            },
            Options = new Options { Features = true },
        });

        Assert.Equal([1, 0, 1], [.. answer.Rows.Select(row => WindowServer.Count(row, "card_n_1d"))]);
    }

    // Cases 65 and 66: repeated ids count once, the first one; answers are those of the same windows.
    [Fact]
    public async Task Score_RepeatedId_CountsOnce()
    {
        ScoreResponse first = await server.ScoreAsync("same", "retry", server.Now, "10.00");
        ScoreResponse again = await server.ScoreAsync("same", "retry", server.Now, "10.00");
        await server.ScoreAsync("same", "retry", server.Now, "99.00");
        ScoreResponse later = await server.ScoreAsync("next", "retry", server.Now + 1000);

        Assert.Equal(first.Features, again.Features);
        Assert.Equal(1, WindowServer.Count(later, "card_n_1d"));
        Assert.Equal("10.00", later.Features["card_sum_1d"].StringValue);
    }

    // Case 66 and 67: what was repeated, and said something else, and what came too late are told by metrics.
    [Fact]
    public async Task Score_RepeatedLateAndConflictingIds_AreCounted()
    {
        double[] before = await EventMetricsAsync();
        await server.ScoreAsync("m1", "metrics", server.Now, "10.00");
        await server.ScoreAsync("m1", "metrics", server.Now, "10.00");
        await server.ScoreAsync("m1", "metrics", server.Now, "10.00", scoreOnly: true);
        await server.ScoreAsync("m1", "metrics", server.Now, "99.00");
        await server.ScoreAsync("m1", "metrics", server.Now, "99.00");
        await server.ScoreAsync("m1", "other", server.Now, "10.00");
        Row[] chargebacks =
        [
            WindowServer.Chargeback("m1", "metrics", server.Now - 5000, server.Now - 1000),
            WindowServer.Chargeback("m1", "metrics", server.Now - 4000, server.Now - 1000),
            WindowServer.Chargeback("m2", "metrics", server.Now - (100L * 86_400_000), server.Now - 1000),
        ];
        var request = new IngestRequest { Set = "pay", Event = "chargeback", Rows = { chargebacks } };
        await server.Client.IngestAsync(request);

        double[] after = await EventMetricsAsync();
        Assert.Equal([3, 2, 1, 1, 1], after.Zip(before, (now, then) => now - then));
    }

    private async Task<double[]> EventMetricsAsync()
    {
        string page = await server.Http.GetStringAsync(new Uri("/metrics", UriKind.Relative));
        string[] names =
        [
            """serving_repeated_total{event="txn",set="pay"}""",
            """serving_id_conflict_total{event="txn",set="pay"}""",
            """serving_repeated_total{event="chargeback",set="pay"}""",
            """serving_id_conflict_total{event="chargeback",set="pay"}""",
            """serving_late_total{event="chargeback",set="pay",why="late"}""",
        ];
        return
        [
            .. names.Select(name => page.Split('\n').SingleOrDefault(
                    line => line.StartsWith($"{name} ", StringComparison.Ordinal)) is { } line
                ? double.Parse(line.AsSpan(name.Length + 1), System.Globalization.CultureInfo.InvariantCulture)
                : 0),
        ];
    }

    // Cases 61 and 62: whatever a key holds, it reaches its own state alone.
    [Theory]
    [InlineData("")]
    [InlineData("{tag}")]
    [InlineData("a:b\r\nSET x y")]
    [InlineData("\0")]
    [InlineData("\u202eright to left e\u0301")]
    public async Task Score_StrangeEntity_HasItsOwnState(string card)
    {
        string id = $"strange-{card.GetHashCode(StringComparison.Ordinal)}";
        Assert.Equal(0, WindowServer.Count(await server.ScoreAsync(id, card, server.Now), "card_n_1d"));
        Assert.Equal(1, WindowServer.Count(await server.ScoreAsync(id + "-", card, server.Now + 1000), "card_n_1d"));
    }

    [Fact]
    public async Task Score_LongestEntity_IsTakenAndALongerOneRefused()
    {
        string longest = new('x', 4096);

        Assert.Equal(0, WindowServer.Count(await server.ScoreAsync("1", longest, server.Now), "card_n_1d"));
        RpcException refused = await Assert.ThrowsAsync<RpcException>(
            () => server.ScoreAsync("2", longest + "x", server.Now));

        Assert.Equal(StatusCode.InvalidArgument, refused.StatusCode);
        Assert.Contains("'card'", refused.Status.Detail, StringComparison.Ordinal);
    }

    // Case 68: decimals are exact beyond 2^53; what does not fit is named with field and type.
    [Theory]
    [InlineData("-5.00", "-5.00", null)]
    [InlineData("0.00", "0.00", null)]
    [InlineData("90071992547409.93", "90071992547409.93", null)]
    [InlineData("92233720368547758.08", null, "decimal(2)")]
    [InlineData("1.001", null, "decimal(2)")]
    [InlineData("ten", null, "decimal(2)")]
    public async Task Score_Decimal_IsExactOrRefused(string amount, string? sum, string? type)
    {
        string card = "decimal" + amount;
        if (sum is null)
        {
            RpcException refused = await Assert.ThrowsAsync<RpcException>(
                () => server.ScoreAsync("1", card, server.Now, amount));
            Assert.Equal(StatusCode.InvalidArgument, refused.StatusCode);
            Assert.Contains("'amount'", refused.Status.Detail, StringComparison.Ordinal);
            Assert.Contains(type!, refused.Status.Detail, StringComparison.Ordinal);
            return;
        }

        await server.ScoreAsync("1", card, server.Now, amount);
        ScoreResponse later = await server.ScoreAsync("2", card, server.Now + 1000);
        Assert.Equal(sum, later.Features["card_sum_1d"].StringValue);
    }

    // Cases 125 and 126: the present, in milliseconds.
    [Theory]
    [InlineData(0L)]
    [InlineData(253402300799000L)]
    [InlineData(946684799999L)]
    public async Task Score_TimeOfAnotherUnit_IsRefusedAndNotLearned(long at)
    {
        RpcException refused = await Assert.ThrowsAsync<RpcException>(() => server.ScoreAsync("1", "unit", at));

        Assert.Equal(StatusCode.InvalidArgument, refused.StatusCode);
        Assert.Contains("field 'at'", refused.Status.Detail, StringComparison.Ordinal);
        Assert.Equal(0, WindowServer.Count(await server.ScoreAsync("2", "unit", server.Now), "card_n_1d"));
    }

    [Theory]
    [InlineData(1000)]
    [InlineData(1_000_000)]
    public async Task Score_SecondsOrNanoseconds_AreRefused(int factor)
    {
        long at = factor == 1000 ? server.Now / factor : server.Now * factor;

        RpcException refused = await Assert.ThrowsAsync<RpcException>(() => server.ScoreAsync("1", "unit", at));

        Assert.Equal(StatusCode.InvalidArgument, refused.StatusCode);
    }

    // Case 64: an entity that is asked for without end is folded, not refused at its bound.
    [Fact]
    public async Task Score_ManyOfOneEntity_AreFolded()
    {
        const int Calls = 200;
        for (int call = 0; call < Calls; call++)
        {
            await server.ScoreAsync($"{call}", "busy", server.Now - 3_000_000 + (call * 10_000));
        }

        long start = Stopwatch.GetTimestamp();
        string page;
        do
        {
            page = await server.Http.GetStringAsync(new Uri("/metrics", UriKind.Relative));
            Assert.True(Stopwatch.GetElapsedTime(start) < Patience.Longest, "nothing is folded");
        }
        while (page.Contains("\nserving_state_compactions 0\n", StringComparison.Ordinal));

        ScoreResponse answer = await server.ScoreAsync("now", "busy", server.Now);
        Assert.Equal(Calls, WindowServer.Count(answer, "card_n_1d"));
    }

    // Cases 67 and 128: order by event time, not by arrival.
    [Fact]
    public async Task Score_OutOfOrder_IsOrderedByTime()
    {
        await server.ScoreAsync("late", "order", server.Now + 3000, "30.00");
        await server.ScoreAsync("early", "order", server.Now + 1000, "10.00");
        ScoreResponse between = await server.ScoreAsync("now", "order", server.Now + 2000);
        ScoreResponse behind = await server.ScoreAsync("end", "order", server.Now + 4000);

        Assert.Equal("10.00", between.Features["last_amount"].StringValue);
        Assert.Equal("30.00", behind.Features["last_amount"].StringValue);
        Assert.Equal(3, WindowServer.Count(behind, "card_n_1d"));
    }
}
