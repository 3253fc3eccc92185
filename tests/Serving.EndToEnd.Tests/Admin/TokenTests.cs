using Serving.Data;
using Serving.Engine.Routing.Durable;
using Serving.Server.Admin;

namespace Serving.EndToEnd.Tests.Admin;

public sealed class TokenTests : IAsyncLifetime
{
    private readonly AdminWorld _world = new() { Change = options => options with { AdminAnonymous = false } };

    public async ValueTask InitializeAsync() => await _world.StartAsync();

    public ValueTask DisposeAsync() => _world.DisposeAsync();

    [Fact]
    public async Task Token_MadeBesideARunningServer_IsTakenUpWithItsRole()
    {
        Assert.Equal((401, "UNAUTHENTICATED"), Of(await _world.SendAsync("GET", "/models")));
        string operate = TokenFile.Create(_world.Control, "bob", AdminRole.Operate, DateTimeOffset.UtcNow);
        string admin = TokenFile.Create(_world.Control, "alice", AdminRole.Admin, DateTimeOffset.UtcNow);

        Assert.Equal(200, (await _world.SendAsync("GET", "/models", token: operate)).Status);
        Assert.Equal((403, "PERMISSION_DENIED"), Of(await _world.SendAsync("GET", "/audit", token: operate)));
        Assert.Equal(
            (403, "PERMISSION_DENIED"),
            Of(await _world.SendAsync("DELETE", "/models/pay/versions/1", token: operate)));
        Assert.Equal(200, (await _world.SendAsync("GET", "/audit", token: admin)).Status);
        Assert.Equal((401, "UNAUTHENTICATED"), Of(await _world.SendAsync("GET", "/models", token: operate + "x")));
        Assert.Equal((401, "UNAUTHENTICATED"), Of(await _world.SendAsync("GET", "/models", token: "")));

        // Who was refused is in the audit by name; what he showed is nowhere.
        AdminReply audit = await _world.SendAsync("GET", "/audit", token: admin);
        Assert.Contains("\"actor\":\"bob\",\"action\":\"delete\",\"model\":\"pay\"", audit.Text);
        foreach (string file in Directory.EnumerateFiles(_world.Control))
        {
            string text = Path.GetFileName(file) == ControlFiles.Lock ? "" : await File.ReadAllTextAsync(file);
            Assert.DoesNotContain(operate, text, StringComparison.Ordinal);
            Assert.DoesNotContain(admin, text, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Tokens_ThatBecomeUnreadable_LeaveThoseThatWereKnown()
    {
        string admin = TokenFile.Create(_world.Control, "alice", AdminRole.Admin, DateTimeOffset.UtcNow);
        Assert.Equal(200, (await _world.SendAsync("GET", "/models", token: admin)).Status);
        await File.WriteAllTextAsync(Path.Combine(_world.Control, ControlFiles.Tokens), "{");
        Assert.Equal(200, (await _world.SendAsync("GET", "/models", token: admin)).Status);
        File.Delete(Path.Combine(_world.Control, ControlFiles.Tokens));
        Assert.Equal(401, (await _world.SendAsync("GET", "/models", token: admin)).Status);
    }

    [Fact]
    public void Create_NameTwiceOrNone_IsRefused()
    {
        TokenFile.Create(_world.Control, "alice", AdminRole.Admin, DateTimeOffset.UtcNow);
        foreach (string name in (string[])["alice", "", "gate", "a b", "x/y", new string('n', 65)])
        {
            Assert.Throws<InputException>(
                () => TokenFile.Create(_world.Control, name, AdminRole.Operate, DateTimeOffset.UtcNow));
        }

        if (!OperatingSystem.IsWindows())
        {
            Assert.Equal(
                UnixFileMode.UserRead | UnixFileMode.UserWrite,
                File.GetUnixFileMode(Path.Combine(_world.Control, ControlFiles.Tokens)));
        }
    }

    [Fact]
    public async Task Ports_EachHasItsOwnPaths()
    {
        using var http = new HttpClient { BaseAddress = _world.Host.HttpAddress };
        using var admin = new HttpClient { BaseAddress = _world.Host.AdminAddress };
        foreach (string path in (string[])["/livez", "/healthz", "/readyz", "/metrics"])
        {
            Assert.Equal(200, (int)(await http.GetAsync(new Uri(path, UriKind.Relative))).StatusCode);
            Assert.Equal(200, (int)(await admin.GetAsync(new Uri(path, UriKind.Relative))).StatusCode);
        }

        Assert.Equal(404, (int)(await http.GetAsync(new Uri("/admin/v1/models", UriKind.Relative))).StatusCode);
        Assert.Equal(404, (int)(await admin.GetAsync(new Uri("/v1/models", UriKind.Relative))).StatusCode);
        Assert.Equal(404, (int)(await admin.GetAsync(new Uri("/nothing", UriKind.Relative))).StatusCode);
    }

    [Theory]
    [InlineData("Origin", "http://evil.example")]
    [InlineData("Host", "evil.example")]
    [InlineData("Authorization", "Basic YTpi")]
    [InlineData("Authorization", "Bearer nobody")]
    public async Task Anonymous_ThroughABrowserOrWithAWrongToken_IsNobody(string header, string value)
    {
        await using var world = new AdminWorld();
        await world.StartAsync();
        Assert.Equal(200, (await world.SendAsync("GET", "/models")).Status);
        Assert.Equal(401, (await world.SendAsync("GET", "/models", header: (header, value))).Status);
    }

    private static (int Status, string Code) Of(AdminReply reply) => (reply.Status, reply.Code);
}
