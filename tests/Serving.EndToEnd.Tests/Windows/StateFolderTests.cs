using System.Globalization;
using Serving.Engine.Bundles;
using Serving.Engine.Predictions.Replays;
using Serving.Protocol.V1;
using Serving.Server.Hosting;
using Serving.State.Embedded;

namespace Serving.EndToEnd.Tests.Windows;

/// <summary>
/// State, records and their replay across starts of a server (cases J of hardening.md that concern it).
/// </summary>
public sealed class StateFolderTests : IAsyncLifetime
{
    private readonly WindowServer _server = new();

    public ValueTask InitializeAsync() => _server.InitializeAsync();

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    [Fact]
    public async Task Restart_Folder_KnowsWhatWasLearned()
    {
        await _server.ScoreAsync("1", "kept", _server.Now);
        await _server.StopAsync();
        await _server.StartAsync();

        ScoreResponse answer = await _server.ScoreAsync("2", "kept", _server.Now + 1000);

        Assert.Equal(1, WindowServer.Count(answer, "card_n_1d"));
        string[] starts =
            [.. File.ReadLines(_server.Records).Where(line => line.Contains("started", StringComparison.Ordinal))];
        Assert.Equal(2, starts.Length);
        Assert.All(starts, line => Assert.Contains("\"clean\":true", line, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Restart_Memory_KnowsNothing()
    {
        _server.Change = options => options with { State = StateLocation.Memory };
        await _server.StopAsync();
        await _server.StartAsync();
        await _server.ScoreAsync("1", "gone", _server.Now);
        await _server.StopAsync();
        await _server.StartAsync();

        ScoreResponse answer = await _server.ScoreAsync("2", "gone", _server.Now + 1000);

        Assert.Equal(0, WindowServer.Count(answer, "card_n_1d"));
        Assert.Equal((2, 0), await ReplayAsync());
    }

    // Case 114: the message names the process that holds the folder.
    [Fact]
    public async Task Start_HeldFolder_NamesTheHolder()
    {
        var options = new ServerOptions
        {
            Models = _server.Models,
            HttpPort = 0,
            GrpcPort = 0,
            WarmUp = TimeSpan.Zero,
            LogLevel = "None",
            State = StateLocation.Parse(_server.Folder)!,
        };

        FolderHeldException held = await Assert.ThrowsAsync<FolderHeldException>(
            () => ServerHost.StartAsync(options, TextWriter.Null));

        Assert.Contains(
            Environment.ProcessId.ToString(CultureInfo.InvariantCulture), held.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Replay_Records_GivesEveryAnswerAgain()
    {
        for (int round = 0; round < 3; round++)
        {
            await Task.WhenAll(Enumerable.Range(0, 60).Select(index => _server.ScoreAsync(
                $"{round}-{index % 50}", $"card{index % 3}", _server.Now + (round * 1000) + index,
                $"{index}.50", scoreOnly: index % 7 == 0)));
            await _server.Client.IngestAsync(new IngestRequest
            {
                Set = "pay",
                Event = "chargeback",
                Rows = { WindowServer.Chargeback($"{round}", "card1", _server.Now - 5000, _server.Now - 1000) },
            });
            if (round == 1)
            {
                await _server.StopAsync();
                await _server.StartAsync();
            }
        }

        Assert.Equal((180, 0), await ReplayAsync());
    }

    [Fact]
    public async Task Replay_ForgedFeature_IsDifferent()
    {
        await _server.ScoreAsync("1", "forged", _server.Now);
        await _server.ScoreAsync("2", "forged", _server.Now + 1000);
        await _server.StopAsync();
        string text = await File.ReadAllTextAsync(_server.Records, TestContext.Current.CancellationToken);
        await File.WriteAllTextAsync(
            _server.Records,
            text.Replace("\"card_n_1h\":1,", "\"card_n_1h\":2,", StringComparison.Ordinal),
            TestContext.Current.CancellationToken);

        ReplayReport report = Replay();
        await _server.StartAsync();

        Assert.Equal((2, 1, 1), (report.Records, report.Equal, report.Different));
        ReplayDifference difference = report.Differences.First(found => found.Class == "different");
        Assert.Equal(("2", "card_n_1h", "2", "1"),
            (difference.Id, difference.Feature, difference.Recorded, difference.Recomputed));
    }

    private async Task<(long Equal, long Different)> ReplayAsync()
    {
        await _server.StopAsync();
        ReplayReport report = Replay();
        await _server.StartAsync();
        Assert.Equal(0, report.History[HistoryClass.Unexplained]);
        return (report.Equal, report.Different);
    }

    private ReplayReport Replay() => new RecordReplay(
        [_server.Records], [Bundle.Open(Path.Combine(_server.Models, "pay", "1"))]).Run(null, CancellationToken.None);
}
