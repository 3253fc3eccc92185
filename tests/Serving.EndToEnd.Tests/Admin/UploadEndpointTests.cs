using Microsoft.Extensions.Time.Testing;
using Serving.Server.Admin;

namespace Serving.EndToEnd.Tests.Admin;

public sealed class UploadEndpointTests : IAsyncLifetime
{
    private readonly AdminWorld _world = new() { Change = options => options with { UploadLimit = 1 << 20 } };

    public async ValueTask InitializeAsync() => await _world.StartAsync();

    public ValueTask DisposeAsync() => _world.DisposeAsync();

    [Fact]
    public async Task Bundle_SentInPiecesAcrossARestart_BecomesAVersionThatGetsNothingYet()
    {
        byte[] bytes = await File.ReadAllBytesAsync(_world.Folder.Pack("pay", 2, bias: 3));
        AdminReply begun = await _world.BeginAsync(bytes);
        Assert.Equal((201, 0), (begun.Status, begun.Json.GetProperty("offset").GetInt64()));
        string path = $"/uploads/{begun.Json.GetProperty("id").GetString()}";
        int half = bytes.Length / 2;
        AdminReply first = await _world.SendAsync("PATCH", path, bytes[..half], header: ("Upload-Offset", "0"));
        Assert.Equal((204, half), (first.Status, first.Offset));

        AdminReply wrong = await _world.SendAsync("PATCH", path, bytes[..half], header: ("Upload-Offset", "0"));
        Assert.Equal((409, half), (wrong.Status, wrong.Offset));
        Assert.Equal(half, wrong.Json.GetProperty("offset").GetInt64());
        Assert.Equal(412, (await _world.SendAsync("POST", path + ":commit")).Status);

        await _world.StopAsync();
        await _world.StartAsync();
        Assert.Equal(half, (await _world.SendAsync("GET", path)).Offset);
        await _world.SendAsync("PATCH", path, bytes[half..], header: ("Upload-Offset", $"{half}"));
        AdminReply committed = await _world.SendAsync("POST", path + ":commit");
        Assert.Equal((201, """{"model":"pay","version":2}"""), (committed.Status, committed.Text));
        Assert.True(File.Exists(Path.Combine(_world.Folder.Models, "pay", "2", "manifest.json")));
        Assert.Equal(404, (await _world.SendAsync("GET", path)).Status);

        await _world.WaitAsync("pay", 2, "Ready");
        Assert.Equal(
            """{"1":100}""", (await _world.TableAsync("pay")).GetProperty("split").GetRawText());
        AdminReply published = await _world.SendAsync("POST", "/models/pay:publish", """{"version":2,"as":"stable"}""");
        Assert.Equal("""{"2":100}""", published.Json.GetProperty("split").GetRawText());
    }

    [Fact]
    public async Task Bundle_OfANewModel_WaitsForItsPublication()
    {
        Assert.Equal(201, (await _world.UploadAsync(_world.Folder.Pack("fresh", 1))).Status);
        await _world.WaitAsync("fresh", 1, "Ready");
        Assert.Equal("{}", (await _world.TableAsync("fresh")).GetProperty("split").GetRawText());
        AdminReply published = await _world.SendAsync("POST", "/models/fresh:publish", """{"version":1}""");
        Assert.Equal("""{"1":100}""", published.Json.GetProperty("split").GetRawText());
    }

    [Fact]
    public async Task Version_ThatIsThere_IsTheSameOrRefused()
    {
        string file = _world.Folder.Pack("pay", 2, bias: 3);
        Assert.Equal(201, (await _world.UploadAsync(file)).Status);
        Assert.Equal(200, (await _world.UploadAsync(file)).Status);
        AdminReply other = await _world.UploadAsync(_world.Folder.Pack("pay", 2, bias: 4));
        Assert.Equal((409, "ALREADY_EXISTS"), (other.Status, other.Code));
    }

    [Fact]
    public async Task Bundle_ThatIsBad_IsRefusedWithItsProblemsAndNeverSeen()
    {
        byte[] bytes = await File.ReadAllBytesAsync(_world.Folder.Pack("pay", 2));
        int place = bytes.AsSpan().IndexOf("linear.json"u8) + 20;
        bytes[place] ^= 1;
        string file = Path.Combine(_world.Folder.Root, "bad.bundle");
        await File.WriteAllBytesAsync(file, bytes);
        AdminReply reply = await _world.UploadAsync(file);
        Assert.Equal((400, "INVALID_ARGUMENT"), (reply.Status, reply.Code));
        Assert.True(reply.Json.GetProperty("problems").GetArrayLength() > 0);
        Assert.False(Directory.Exists(Path.Combine(_world.Folder.Models, "pay", "2")));
        Assert.Equal(0, (await _world.TableAsync("pay")).GetProperty("generation").GetInt64());
    }

    [Fact]
    public async Task Bytes_ThatAreOthers_AreRefusedAtTheCommit()
    {
        AdminReply begun = await _world.SendAsync(
            "POST", "/uploads", new { size = 4, sha256 = new string('a', 64) });
        string path = $"/uploads/{begun.Json.GetProperty("id").GetString()}";
        await _world.SendAsync("PATCH", path, "rest"u8.ToArray(), header: ("Upload-Offset", "0"));
        AdminReply reply = await _world.SendAsync("POST", path + ":commit");
        Assert.Equal(400, reply.Status);
        Assert.Contains("those of SHA-256", reply.Text, StringComparison.Ordinal);

        AdminReply more = await _world.SendAsync("PATCH", path, "x"u8.ToArray(), header: ("Upload-Offset", "4"));
        Assert.Equal((409, 4), (more.Status, more.Offset));
        Assert.Equal(204, (await _world.SendAsync("DELETE", path)).Status);
        Assert.Equal(404, (await _world.SendAsync("POST", path + ":commit")).Status);
    }

    [Theory]
    [InlineData("""{"size": 1048577, "sha256": "HASH"}""", 413)]
    [InlineData("""{"size": 0, "sha256": "HASH"}""", 400)]
    [InlineData("""{"size": 5}""", 400)]
    [InlineData("""{"size": 5, "sha256": "00"}""", 400)]
    [InlineData("""{"size": 5, "sha256": "HASH", "name": "x"}""", 400)]
    [InlineData("""{"size": 5, "sha256": "HASH", "url": "http://x/y"}""", 403)]
    public async Task Begin_ThatIsWrong_IsRefused(string body, int status)
    {
        string text = body.Replace("HASH", new string('0', 64), StringComparison.Ordinal);
        Assert.Equal(status, (await _world.SendAsync("POST", "/uploads", text)).Status);
    }

    [Theory]
    [InlineData("/uploads/..")]
    [InlineData("/uploads/0000")]
    [InlineData("/uploads/00000000000000000000000000000000")]
    public async Task Upload_ThatNobodyBegan_IsNotFound(string path) =>
        Assert.Contains((await _world.SendAsync("GET", path)).Status, new[] { 404, 400 });

    [Fact]
    public async Task Upload_ThatNobodyTouchesForADay_Goes()
    {
        var time = new FakeTimeProvider(DateTimeOffset.UtcNow);
        var store = new UploadStore(
            new Serving.Server.Hosting.ServerOptions { Models = "", Control = _world.Control }, time);
        Upload upload = store.Begin(10, new string('0', 64))!;
        time.Advance(UploadStore.IdleMax - TimeSpan.FromMinutes(1));
        await store.AppendAsync(upload, new MemoryStream("abc"u8.ToArray()), default);
        time.Advance(UploadStore.IdleMax - TimeSpan.FromMinutes(1));
        store.Expire();
        Assert.Equal(3, store.Find(upload.Id)!.Offset);
        time.Advance(TimeSpan.FromMinutes(1));
        store.Expire();
        Assert.Null(store.Find(upload.Id));
        Assert.Empty(Directory.GetFiles(Path.Combine(_world.Control, "uploads")));
    }
}
