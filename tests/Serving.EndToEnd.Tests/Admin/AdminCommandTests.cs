using System.Text.Json;
using Serving.Cli.Tests.Running;
using Serving.Engine.Routing.Durable;

namespace Serving.EndToEnd.Tests.Admin;

public sealed class AdminCommandTests : IAsyncLifetime
{
    private readonly AdminWorld _world = new();

    private string Server => _world.Host.AdminAddress.ToString();

    public async ValueTask InitializeAsync() => await _world.StartAsync();

    public ValueTask DisposeAsync() => _world.DisposeAsync();

    [Fact]
    public async Task Publish_FolderAndFile_AreReadyAndHaveTheirTraffic()
    {
        string file = _world.Folder.Pack("pay", 2, bias: 0.5);
        CommandRun canary = await CommandRun.DoneAsync(
            "publish", file, "--to", Server, "--as", "canary:5%", "--json");
        Assert.Equal("""{"1":95,"2":5}""", Compact(canary.Json.GetProperty("split")));
        Assert.True(canary.Json.GetProperty("canary").GetProperty("held").GetBoolean());

        CommandRun promoted = await CommandRun.DoneAsync("promote", "pay", "--server", Server, "--json");
        Assert.Equal("""{"2":100}""", Compact(promoted.Json.GetProperty("split")));
        CommandRun back = await CommandRun.DoneAsync("rollback", "pay", "--to", "1", "--server", Server, "--json");
        Assert.Equal("""{"1":100}""", Compact(back.Json.GetProperty("split")));

        // The same bytes as a folder are the same version: nothing is sent twice.
        string folder = Path.Combine(_world.Folder.Models, "pay", "2");
        CommandRun again = await CommandRun.DoneAsync(
            "publish", folder, "--server", Server, "--as", "shadow:10%", "--json");
        Assert.Equal("""{"2":10}""", Compact(again.Json.GetProperty("shadow")));
        Assert.True(_world.Verify().IsOk);
    }

    [Fact]
    public async Task Publish_WithAPlan_ShowsItInATableAPersonCanRead()
    {
        CommandRun run = await CommandRun.DoneAsync(
            "publish", _world.Folder.Pack("pay", 2, bias: 0.5), "--to", Server, "--steps", "0.5%,100%", "--hold", "1h");
        Assert.Contains("2        canary    Ready         0.5 %", run.Out, StringComparison.Ordinal);
        Assert.Contains("canary   2: step 1 of 2 (0.5 %, 100 %), 1h each", run.Out, StringComparison.Ordinal);
        Assert.Contains("gate     errors   waiting", run.Out, StringComparison.Ordinal);
        CommandRun all = await CommandRun.DoneAsync("versions", "--server", Server);
        Assert.Contains("multi  generation 0", all.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Publish_VersionThatFails_EndsWithOneAndTheReason()
    {
        // Its file is right, so it is taken; the server cannot keep it, since its folder was taken meanwhile.
        byte[] bytes = await File.ReadAllBytesAsync(_world.Folder.Pack("pay", 2));
        bytes[bytes.AsSpan().IndexOf("linear.json"u8) + 20] ^= 1;
        string file = Path.Combine(_world.Folder.Root, "bad.bundle");
        await File.WriteAllBytesAsync(file, bytes);
        CommandRun run = await CommandRun.OfAsync("publish", file, "--to", Server);
        run.Expect(Serving.Cli.CommandLine.ExitCode.CheckFailed, "400 INVALID_ARGUMENT");
    }

    [Fact]
    public async Task Traffic_Split_IsSetAndShown()
    {
        _world.Folder.Publish("pay", 2);
        await _world.WaitAsync("pay", 2, "Ready");
        CommandRun run = await CommandRun.DoneAsync(
            "traffic", "pay", "2=99.99%,1=0.01%", "shadow:1=10%", "--by", "count", "--server", Server, "--json");
        Assert.Equal("""{"1":0.01,"2":99.99}""", Compact(run.Json.GetProperty("split")));
        Assert.Equal("""{"1":10}""", Compact(run.Json.GetProperty("shadow")));
        CommandRun shown = await CommandRun.DoneAsync("traffic", "pay", "--server", Server);
        Assert.Contains("by count", shown.Out, StringComparison.Ordinal);
        await CommandRun.DoneAsync("versions", "pay", "--load", "2", "--server", Server);
        (await CommandRun.OfAsync("versions", "pay", "--unload", "2", "--server", Server))
            .Expect(Serving.Cli.CommandLine.ExitCode.CheckFailed, "412 FAILED_PRECONDITION");
    }

    [Theory]
    [InlineData("traffic", "pay", "7=95%,8=6%")]
    [InlineData("traffic", "pay", "7=95")]
    [InlineData("traffic", "pay", "7:100%")]
    [InlineData("traffic", "pay", "7=50%,7=50%")]
    [InlineData("traffic", "pay", "7=99.999%,8=0.001%")]
    [InlineData("publish", "x", "--as", "stable:5%")]
    [InlineData("publish", "x", "--as", "boss")]
    [InlineData("versions", "--load", "3")]
    [InlineData("versions", "--server", "nowhere")]
    [InlineData("token", "create", "--role", "boss", "--name", "a", "--control", "c")]
    [InlineData("token", "create", "--role", "admin", "--name", "a b", "--control", "c")]
    [InlineData("bundles", "sync", "--from", "http://x", "--to", "d")]
    [InlineData("bundles", "sync", "--from", "s3://b/p", "--to", "d", "--every", "0s")]
    public async Task Command_ThatIsWrong_EndsWithTwo(params string[] arguments) =>
        (await CommandRun.OfAsync(arguments)).Expect(Serving.Cli.CommandLine.ExitCode.Usage);

    [Fact]
    public async Task Server_ThatIsNotThere_EndsWithFour() =>
        (await CommandRun.OfAsync("versions", "--server", "http://127.0.0.1:1")).Expect(
            Serving.Cli.CommandLine.ExitCode.Unreachable);

    [Fact]
    public async Task Token_MadeByCommand_IsShownOnceAndAuditIsVerified()
    {
        CommandRun made = await CommandRun.DoneAsync(
            "token", "create", "--role", "admin", "--name", "alice", "--control", _world.Control);
        AdminReply reply = await _world.SendAsync(
            "PUT", "/models/pay/traffic", """{"by": "count"}""", token: made.Out.Trim());
        Assert.Equal("alice", reply.Json.GetProperty("last").GetProperty("actor").GetString());
        (await CommandRun.OfAsync("token", "create", "--role", "admin", "--name", "alice", "--control", _world.Control))
            .Expect(Serving.Cli.CommandLine.ExitCode.Input, "another name");

        CommandRun verified = await CommandRun.DoneAsync("audit", "verify", _world.Control, "--json");
        Assert.Equal(
            (true, 1),
            (verified.Json.GetProperty("ok").GetBoolean(), verified.Json.GetProperty("lines").GetInt32()));
        string audit = Path.Combine(_world.Control, ControlFiles.Audit);
        await _world.StopAsync();
        await File.WriteAllTextAsync(
            audit, (await File.ReadAllTextAsync(audit)).Replace("alice", "alicia", StringComparison.Ordinal));
        CommandRun broken = await CommandRun.OfAsync("audit", "verify", _world.Control);
        broken.Expect(Serving.Cli.CommandLine.ExitCode.CheckFailed);
        Assert.Contains("audit.jsonl:1: it was changed", broken.Out, StringComparison.Ordinal);
        (await CommandRun.OfAsync("audit", "verify", _world.Folder.Root))
            .Expect(Serving.Cli.CommandLine.ExitCode.Input);
    }

    private static string Compact(JsonElement element) => JsonSerializer.Serialize(element);
}
