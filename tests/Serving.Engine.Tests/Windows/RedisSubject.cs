using System.Globalization;
using Serving.State;
using Serving.State.Redis;
using Serving.State.Tests.Redis;

namespace Serving.Engine.Tests.Windows;

/// <summary>The store in a real server. Each case has keys of its own, under a prefix.</summary>
internal sealed class RedisSubject : StoreSubject
{
    private static int s_cases;

    private readonly RedisStoreOptions _options;
    private RedisWindowStore _store = null!;

    private RedisSubject(RedisServer server) => _options = new RedisStoreOptions
    {
        Endpoints = [server.Endpoint],
        Prefix = string.Create(CultureInfo.InvariantCulture, $"c{Interlocked.Increment(ref s_cases)}:"),
        Time = TimeProvider.System,
        Budget = TimeSpan.FromSeconds(20),
    };

    public override IWindowStore Store => _store;

    public override IStateMaintenance Maintenance => _store;

    /// <summary>Starts a server; skips the test where the program is absent.</summary>
    public static RedisServer StartServer() => RedisServer.Start("--appendonly", "no");

    public static async Task<StoreSubject> ConnectAsync(RedisServer server)
    {
        var subject = new RedisSubject(server);
        subject._store = await RedisWindowStore.ConnectAsync(subject._options);
        return subject;
    }

    public override ValueTask DisposeAsync() => _store.DisposeAsync();

    protected override async Task DisturbFurtherAsync(Disturbance what)
    {
        if ((what & (Disturbance.Restart | Disturbance.Crash)) != Disturbance.None)
        {
            await _store.DisposeAsync();
            _store = await RedisWindowStore.ConnectAsync(_options);
            UseAgain();
        }
    }
}
