using System.Diagnostics;
using Serving.Cli.Tests.Running;
using Serving.EndToEnd.Tests.Fixtures;
using Serving.Protocol.V1;
using Serving.Server.Hosting;
using Serving.State.Tests.Redis;

namespace Serving.EndToEnd.Tests.Windows.Faults;

/// <summary>
/// Redis that answers what it should not (hardening.md 101 to 103): the server's answers say what they lack, no caller
/// sees an exception, and good state takes the place of bad.
/// </summary>
public sealed class RedisDamageTests
{
    private const string Card = "damaged";

    private long _id;

    /// <summary>What is done to a blob.</summary>
    public static TheoryData<string> Damages =>
        ["another type", "cut in the header", "cut in a record", "bit of the header", "bit of a record", "text"];

    // Case 102.
    [Theory]
    [MemberData(nameof(Damages))]
    public async Task Score_DamagedBlob_IsDegradedThenReplaced(string damage)
    {
        using RedisServer redis = RedisServer.Start();
        await using WindowServer server = await StartAsync(redis);
        for (int call = 0; call < 5; call++)
        {
            await ScoreAsync(server);
        }

        await UntilAsync(async () => !(await ScoreAsync(server)).Degraded);
        await SpoilAsync(redis, damage);
        CommandRun verified = await CommandRun.OfAsync(
            "state", "verify", "--state", $"redis://{redis.Endpoint}", "--json");

        // Of a blob that was never folded no checksum covers the header, and a key of Redis is no whole entity.
        Assert.Equal(damage == "bit of the header" ? 0 : 1, verified.ExitCode);
        Assert.True((await ScoreAsync(server)).Degraded);
        ScoreResponse healed = await HealedAsync(server);
        Assert.InRange(WindowServer.Count(healed, "card_n_1d"), 1, 200);
        Assert.Contains("q:", await redis.Cli("--scan"), StringComparison.Ordinal);
        Assert.True(await MetricAsync(server, "serving_state_quarantined") >= 1);
    }

    // Case 101: what Redis refuses is queued, and comes once it is allowed.
    [Theory]
    [InlineData("CONFIG SET maxmemory 1", "CONFIG SET maxmemory 0")]
    [InlineData("REPLICAOF 127.0.0.1 1", "REPLICAOF NO ONE")]
    [InlineData("ACL SETUSER default -append", "ACL SETUSER default +append")]
    [InlineData("CLIENT PAUSE 100000 WRITE", "CLIENT UNPAUSE")]
    public async Task Score_RedisRefuses_IsDegradedAndNothingIsLost(string refuse, string allow)
    {
        using RedisServer redis = RedisServer.Start();
        await using WindowServer server = await StartAsync(redis);
        await ScoreAsync(server);
        await redis.Cli(refuse.Split(' '));
        for (int call = 0; call < 5; call++)
        {
            Assert.True((await ScoreAsync(server)).Degraded);
        }

        await redis.Cli(allow.Split(' '));
        int later = 0;
        while ((await ScoreAsync(server)).Degraded || await MetricAsync(server, "serving_state_queue") > 0)
        {
            Assert.True(++later < 2000, "it does not recover");
            await Task.Delay(10);
        }

        Assert.Equal(0, await MetricAsync(server, "serving_state_lost"));
        Assert.Equal(_id, WindowServer.Count(await ScoreAsync(server), "card_n_1d"));
    }

    // Case 103: emptied is not new.
    [Fact]
    public async Task FlushAll_UnderAServer_IsToldFromNew()
    {
        using RedisServer redis = RedisServer.Start();
        await using WindowServer server = await StartAsync(redis);
        await ScoreAsync(server);

        // The mark of the set is written behind the first heartbeat.
        await UntilAsync(async () => (await redis.Cli("--scan")).Contains("born", StringComparison.Ordinal));
        await redis.Cli("FLUSHALL");
        await UntilAsync(async () => await MetricAsync(server, "serving_state_sets_lost") > 0);

        ScoreResponse answer = await ScoreAsync(server);
        Assert.False(answer.Degraded);
        Assert.Equal(0, WindowServer.Count(answer, "card_n_1d"));
    }

    private static async Task<WindowServer> StartAsync(RedisServer redis)
    {
        var server = new WindowServer
        {
            Change = options => options with
            {
                State = StateLocation.Parse($"redis://{redis.Endpoint}")!,
                StateLimits = new StateLimits { Budget = TimeSpan.FromSeconds(1) },
                Deadline = Patience.Longest,
            },
        };
        await server.InitializeAsync();
        return server;
    }

    private Task<ScoreResponse> ScoreAsync(WindowServer server) =>
        server.ScoreAsync($"{_id++}", Card, server.Now + _id);

    private async Task<ScoreResponse> HealedAsync(WindowServer server)
    {
        ScoreResponse? answer = null;
        await UntilAsync(async () => !(answer = await ScoreAsync(server)).Degraded);
        return await ScoreAsync(server);
    }

    private static async Task UntilAsync(Func<Task<bool>> holds)
    {
        long start = Stopwatch.GetTimestamp();
        while (!await holds())
        {
            Assert.True(Stopwatch.GetElapsedTime(start) < TimeSpan.FromSeconds(30), "does not come to hold");
            await Task.Delay(20);
        }
    }

    // The one blob there is: that of the card's payments. Marks and probes have other names.
    private static async Task SpoilAsync(RedisServer redis, string damage)
    {
        string[] script =
        [
            "EVAL",
            """
            local spoiled = 0
            for _, key in ipairs(redis.call('KEYS', 'f:*')) do
              if #key == 14 then
                local blob = redis.call('GET', key)
                spoiled = spoiled + 1
                if ARGV[1] == 'another type' then
                  redis.call('DEL', key); redis.call('LPUSH', key, 'x')
                else
                  if ARGV[1] == 'cut in the header' then blob = string.sub(blob, 1, 10)
                  elseif ARGV[1] == 'cut in a record' then blob = string.sub(blob, 1, #blob - 3)
                  elseif ARGV[1] == 'text' then blob = 'hello, this is no blob of ours at all'
                  else
                    local at = ARGV[1] == 'bit of the header' and 20 or #blob - 4
                    local byte = string.byte(blob, at)
                    blob = string.sub(blob, 1, at - 1) .. string.char((byte + 4) % 256) .. string.sub(blob, at + 1)
                  end
                  redis.call('SET', key, blob)
                end
              end
            end
            return spoiled
            """,
            "0", damage,
        ];
        Assert.Contains("1", await redis.Cli(script), StringComparison.Ordinal);
    }

    private static async Task<double> MetricAsync(WindowServer server, string name)
    {
        string page = await server.Http.GetStringAsync(new Uri("/metrics", UriKind.Relative));
        string line = page.Split('\n').Single(text => text.StartsWith($"{name} ", StringComparison.Ordinal));
        return double.Parse(line.AsSpan(name.Length + 1), System.Globalization.CultureInfo.InvariantCulture);
    }
}
