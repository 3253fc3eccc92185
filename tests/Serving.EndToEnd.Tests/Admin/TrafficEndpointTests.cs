using System.Text.Json;
using Serving.Engine.Routing;

namespace Serving.EndToEnd.Tests.Admin;

public sealed class TrafficEndpointTests : IAsyncLifetime
{
    private readonly AdminWorld _world = new();

    public async ValueTask InitializeAsync()
    {
        _world.Folder.Publish("pay", 2);
        _world.Folder.Publish("pay", 3);
        await _world.StartAsync();
    }

    public ValueTask DisposeAsync() => _world.DisposeAsync();

    [Fact]
    public async Task Acts_OneAfterTheOther_ShowInTheTableAndSurviveARestart()
    {
        AdminReply first = await _world.SendAsync("GET", "/models/pay");
        Assert.Equal((200, "\"0\""), (first.Status, first.Tag));
        Assert.Equal("""{"stable":3,"canary":null,"previous":2}""", first.Json.GetProperty("labels").GetRawText());

        AdminReply split = await _world.SendAsync(
            "PUT", "/models/pay/traffic",
            """{"split": {"stable": 94.99, "2": 5.01}, "shadow": {"1": 10}, "by": "count"}""", ifMatch: "\"0\"");
        Assert.Equal((200, "\"1\""), (split.Status, split.Tag));
        Assert.Equal("""{"2":5.01,"3":94.99}""", split.Json.GetProperty("split").GetRawText());
        Assert.Equal("""{"1":10}""", split.Json.GetProperty("shadow").GetRawText());
        Assert.Equal("count", split.Json.GetProperty("by").GetString());
        Assert.Equal("anonymous", split.Json.GetProperty("last").GetProperty("actor").GetString());
        Assert.Equal(50, split.Json.GetProperty("versions")[0].GetProperty("scores").GetArrayLength());

        AdminReply published = await _world.SendAsync(
            "POST", "/models/pay:publish",
            """{"version": 1, "as": "stable", "gates": {"drift": "off", "errors": {"increase": 2, "samples": 7}}}""");
        Assert.Equal(202, published.Status);
        Assert.Equal("""{"1":100}""", published.Json.GetProperty("split").GetRawText());
        Assert.Equal(1, published.Json.GetProperty("guard").GetProperty("version").GetInt64());

        AdminReply back = await _world.SendAsync("POST", "/models/pay:rollback");
        Assert.Equal(200, back.Status);
        Assert.Equal(
            """{"stable":3,"canary":null,"previous":1}""", back.Json.GetProperty("labels").GetRawText());

        TrafficState before = _world.Host.Engine.Traffic.Of("pay")!.State;
        await _world.StopAsync();
        Assert.Equal((3, true), (_world.Verify().Lines, _world.Verify().IsOk));
        await _world.StartAsync();
        TrafficState after = _world.Host.Engine.Traffic.Of("pay")!.State;
        Assert.Equal(
            (before.Generation, before.Stable, before.Previous, before.By, before.Last!.Act),
            (after.Generation, after.Stable, after.Previous, after.By, after.Last!.Act));
        Assert.Equal(before.Split, after.Split);
    }

    [Theory]
    [InlineData("PUT", "/models/pay/traffic", """{"split": {"3": 99.999, "2": 0.001}}""", 400, "INVALID_ARGUMENT")]
    [InlineData("PUT", "/models/pay/traffic", """{"split": {"3": 99}}""", 400, "INVALID_ARGUMENT")]
    [InlineData("PUT", "/models/pay/traffic", """{"split": {"3": "99%", "2": 1}}""", 400, "INVALID_ARGUMENT")]
    [InlineData("PUT", "/models/pay/traffic", """{"split": {"3": -1, "2": 101}}""", 400, "INVALID_ARGUMENT")]
    [InlineData("PUT", "/models/pay/traffic", """{"split": {"canary": 100}}""", 400, "INVALID_ARGUMENT")]
    [InlineData("PUT", "/models/pay/traffic", """{"split": {"3": 50, "3": 50}}""", 400, "INVALID_ARGUMENT")]
    [InlineData("PUT", "/models/pay/traffic", """{"splt": {"3": 100}}""", 400, "INVALID_ARGUMENT")]
    [InlineData("PUT", "/models/pay/traffic", "{}", 400, "INVALID_ARGUMENT")]
    [InlineData("PUT", "/models/pay/traffic", "[]", 400, "INVALID_ARGUMENT")]
    [InlineData("PUT", "/models/pay/traffic", "{", 400, "INVALID_ARGUMENT")]
    [InlineData("PUT", "/models/pay/traffic", """{"split": {"3": 50, "9": 50}}""", 412, "FAILED_PRECONDITION")]
    [InlineData("PUT", "/models/pay/traffic", """{"by": "nowhere"}""", 412, "FAILED_PRECONDITION")]
    [InlineData("POST", "/models/pay:publish", """{"as": "stable"}""", 400, "INVALID_ARGUMENT")]
    [InlineData("POST", "/models/pay:publish", """{"version": 2.5}""", 400, "INVALID_ARGUMENT")]
    [InlineData("POST", "/models/pay:publish", """{"version": "2"}""", 400, "INVALID_ARGUMENT")]
    [InlineData("POST", "/models/pay:publish", """{"version": 2, "as": "boss"}""", 400, "INVALID_ARGUMENT")]
    [InlineData("POST", "/models/pay:publish", """{"version": 2, "steps": [5, 5, 100]}""", 400, "INVALID_ARGUMENT")]
    [InlineData("POST", "/models/pay:publish", """{"version": 2, "gates": {"eror": "off"}}""", 400, "INVALID_ARGUMENT")]
    [InlineData("POST", "/models/pay:publish", """{"version": 9}""", 404, "NOT_FOUND")]
    [InlineData("POST", "/models/pay:publish", """{"version": 2, "source": "s3://b/p"}""", 403, "PERMISSION_DENIED")]
    [InlineData("POST", "/models/pay:publish", """{"version": 2, "URL": 1}""", 403, "PERMISSION_DENIED")]
    [InlineData("POST", "/models/pay:publish", """{"version": 2, "as": "../etc"}""", 403, "PERMISSION_DENIED")]
    [InlineData("POST", "/models/pay:promote", "{}", 412, "FAILED_PRECONDITION")]
    [InlineData("POST", "/models/pay:rollback", """{"to": 9}""", 412, "FAILED_PRECONDITION")]
    [InlineData("POST", "/models/nobody:rollback", "{}", 404, "NOT_FOUND")]
    [InlineData("POST", "/models/pay/versions/3:unload", null, 412, "FAILED_PRECONDITION")]
    [InlineData("POST", "/models/pay/versions/03:unload", null, 400, "INVALID_ARGUMENT")]
    [InlineData("DELETE", "/models/pay/versions/3", null, 412, "FAILED_PRECONDITION")]
    [InlineData("POST", "/models/pay/versions/9:load", null, 404, "NOT_FOUND")]
    [InlineData("GET", "/models/..%2f..%2fetc", null, 400, "INVALID_ARGUMENT")]
    [InlineData("GET", "/models/nobody", null, 404, "NOT_FOUND")]
    [InlineData("PATCH", "/models/pay", null, 405, "INVALID_ARGUMENT")]
    public async Task Call_ThatIsWrong_IsRefusedAndChangesNothing(
        string method, string path, string? body, int status, string code)
    {
        AdminReply reply = await _world.SendAsync(method, path, body);
        Assert.Equal((status, code), (reply.Status, reply.Code));
        Assert.Equal(0, (await _world.TableAsync("pay")).GetProperty("generation").GetInt64());
    }

    [Fact]
    public async Task Problems_OfABody_AreAllNamed()
    {
        AdminReply reply = await _world.SendAsync(
            "POST", "/models/pay:publish", """{"version": 0, "as": "boss", "hold": "soon", "versoin": 1}""");
        string[] places = [.. reply.Json.GetProperty("problems").EnumerateArray()
            .Select(problem => problem.GetProperty("place").GetString()!)];
        Assert.Equal(
            ["member 'as'", "member 'hold'", "member 'version'", "member 'versoin'"], places.Order());
        Assert.Contains("did you mean 'version'?", reply.Json.GetProperty("detail").GetString());
    }

    [Fact]
    public async Task Act_OnAnOlderTable_IsAbortedWithTheGenerationThatHolds()
    {
        await _world.SendAsync("PUT", "/models/pay/traffic", """{"split": {"2": 100}}""");
        AdminReply reply = await _world.SendAsync(
            "PUT", "/models/pay/traffic", """{"split": {"3": 100}}""", ifMatch: "\"0\"");
        Assert.Equal((409, "ABORTED", "\"1\""), (reply.Status, reply.Code, reply.Tag));
        Assert.Equal(1, reply.Json.GetProperty("generation").GetInt64());
        Assert.Equal(400, (await _world.SendAsync("POST", "/models/pay:rollback", "{}", ifMatch: "1")).Status);

        // Refused acts have lines too.
        string[] lines = _world.AuditLines();
        Assert.Equal(2, lines.Length);
        Assert.Contains("\"result\":\"Aborted: the table is of generation 1 by now, not of 0\"", lines[1]);
    }

    [Fact]
    public async Task Version_Deleted_IsGoneFromTheFolderAndUnloaded()
    {
        await _world.SendAsync("PUT", "/models/pay/traffic", """{"split": {"3": 100}}""");
        AdminReply reply = await _world.SendAsync("DELETE", "/models/pay/versions/1");
        Assert.Equal(202, reply.Status);
        Assert.False(Directory.Exists(Path.Combine(_world.Folder.Models, "pay", "1")));
        await _world.WaitAsync("pay", 1, "Retired");
        Assert.Equal(
            ["2", "3"],
            Directory.EnumerateFileSystemEntries(Path.Combine(_world.Folder.Models, "pay"))
                .Select(Path.GetFileName).Order());
    }

    [Fact]
    public async Task Audit_After_GivesLinesAsTheyStand()
    {
        for (int act = 0; act < 3; act++)
        {
            await _world.SendAsync("PUT", "/models/pay/traffic", new { by = act % 2 == 0 ? "count" : "age" });
        }

        AdminReply reply = await _world.SendAsync("GET", "/audit?after=1&limit=1");
        Assert.Equal(_world.AuditLines()[1] + "\n", reply.Text);
        Assert.Equal(2, JsonDocument.Parse(reply.Text).RootElement.GetProperty("seq").GetInt64());
        Assert.Equal(400, (await _world.SendAsync("GET", "/audit?limit=0")).Status);
    }

    [Fact]
    public async Task Folder_ThatCannotBeWritten_RefusesActsAndScoresOn()
    {
        await File.WriteAllTextAsync(_world.Control, "a file stands where the folder would");
        AdminReply reply = await _world.SendAsync("PUT", "/models/pay/traffic", """{"split": {"2": 100}}""");
        Assert.Equal((412, "FAILED_PRECONDITION"), (reply.Status, reply.Code));
        using var http = new HttpClient { BaseAddress = _world.Host.HttpAddress };
        using var body = new StringContent(Fixtures.Samples.Json, System.Text.Encoding.UTF8, "application/json");
        using HttpResponseMessage scored = await http.PostAsync(
            new Uri("/v1/score/pay", UriKind.Relative), body);
        Assert.Contains("\"version\":3", await scored.Content.ReadAsStringAsync());
    }
}
