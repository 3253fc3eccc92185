using System.Net;
using StackExchange.Redis;

namespace Serving.State.Redis;

/// <summary>
/// The links to the servers: made once, replaced by the library when they break, watched by a heartbeat of our own
/// because the library notices a silent link only while something is asked (trap T10).
/// </summary>
internal sealed class RedisLink : IAsyncDisposable
{
    private const int SlotCount = 16384;
    private const int ProbesMax = SlotCount * 8;

    private static readonly TimeSpan s_heartbeat = TimeSpan.FromSeconds(1);

    private readonly ConnectionMultiplexer _connections;
    private readonly CancellationTokenSource _stop = new();
    private readonly Dictionary<string, RedisLane> _byNode = [];
    private readonly List<Task> _loops = [];

    // The lane of each slot, or one lane alone where the server is no cluster. Replaced as a whole by the heartbeat.
    private volatile RedisLane[] _lanes;
    private volatile bool _topologyAsked = true;

    private RedisLink(RedisStoreOptions options, RedisStatus status, ConnectionMultiplexer connections)
    {
        _connections = connections;
        Status = status;
        Time = options.Time;
        Keys = new RedisKeys(options.Prefix);
        Bound = new QueueBound(options.QueueMax, status);
        Database = connections.GetDatabase(options.Database);
        DatabaseNumber = options.Database;
        ProbeLimit = TimeSpan.FromMilliseconds(Math.Max(20, options.Budget.TotalMilliseconds * 4));
        connections.HashSlotMoved += (_, _) =>
        {
            status.CountError(RedisErrorKind.Moved);
            _topologyAsked = true;
        };
        connections.ConfigurationChanged += (_, _) => _topologyAsked = true;
        _lanes = [AddLane(string.Join(", ", options.Endpoints), Keys.Probe(0))];
    }

    public RedisStatus Status { get; }

    public TimeProvider Time { get; }

    public RedisKeys Keys { get; }

    public QueueBound Bound { get; }

    public IDatabase Database { get; }

    public int DatabaseNumber { get; }

    /// <summary>How soon a probe must be answered for the circuit to close.</summary>
    public TimeSpan ProbeLimit { get; }

    public bool IsCluster { get; private set; }

    /// <summary>Whether an append that the server refused is kept in the queue for another try.</summary>
    public Func<RedisAccess, RedisErrorKind, bool> OnRefused { get; set; } = static (_, _) => true;

    /// <summary>Is called by each heartbeat.</summary>
    public Func<CancellationToken, Task>? OnHeartbeat { get; set; }

    /// <summary>Connects; a server that is down is tried again in the background.</summary>
    public static async Task<RedisLink> ConnectAsync(RedisStoreOptions options, RedisStatus status)
    {
        ConnectionMultiplexer connections = await ConnectionMultiplexer.ConnectAsync(Configure(options));
        RedisLink link = new(options, status, connections);
        link.ReadTopology();
        return link;
    }

    /// <summary>Starts the heartbeat.</summary>
    public void Start()
    {
        lock (_byNode)
        {
            _loops.Add(Task.Run(() => BeatAsync(_stop.Token)));
        }
    }

    /// <summary>The lane of a key.</summary>
    public RedisLane LaneOf(in StateKey key)
    {
        RedisLane[] lanes = _lanes;
        return lanes.Length == 1 ? lanes[0] : lanes[_connections.GetHashSlot(Keys.Of(key))];
    }

    /// <summary>Sends the accesses that are marked; ends when all are answered or failed.</summary>
    public Task Send(ReadOnlySpan<RedisAccess> accesses, bool reads) =>
        RedisSending.Send(Database, accesses, reads, IsCluster);

    /// <summary>Somebody was told that a slot has another owner: the next heartbeat looks.</summary>
    public void RequestTopology() => _topologyAsked = true;

    /// <summary>
    /// Has the link to a key's server closed, by the server itself; the library makes another one. What was under way
    /// on it fails, and is answered and queued as on any broken link.
    /// </summary>
    public async Task DropAsync(RedisKey key, string why)
    {
        Status.OnMixedUp(why);
        IServer? owner = Primaries().FirstOrDefault(server => !IsCluster
            || server.EndPoint.Equals(server.ClusterConfiguration?.GetBySlot(key)?.EndPoint));
        if (owner is not null)
        {
            await owner.ExecuteAsync("QUIT");
        }
    }

    /// <summary>The servers that hold keys of their own, connected ones.</summary>
    public IReadOnlyList<IServer> Primaries() =>
        [.. _connections.GetServers().Where(server => server.IsConnected && !server.IsReplica)];

    /// <summary>Whether every part of the keys has a primary with a link now.</summary>
    public bool ReachesAll()
    {
        IReadOnlyList<IServer> primaries = Primaries();
        ClusterConfiguration? cluster = primaries
            .Select(server => server.ServerType == ServerType.Cluster ? server.ClusterConfiguration : null)
            .FirstOrDefault(configuration => configuration is not null);
        return cluster is null
            ? primaries.Count > 0
            : cluster.Nodes.All(node => node.IsReplica || node.Slots.Count == 0
                || primaries.Any(server => server.EndPoint.Equals(node.EndPoint)));
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await Task.WhenAll(_loops).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await _connections.DisposeAsync();
        _stop.Dispose();
    }

    private static ConfigurationOptions Configure(RedisStoreOptions options)
    {
        // Measured: with these a link that swallows bytes is replaced in 2 to 3 s, by the library's defaults in 22 s.
        ConfigurationOptions configuration = new()
        {
            AbortOnConnectFail = false,
            // The library asks for this before it sends INFO.
            AllowAdmin = true,
            ConnectTimeout = 1000,
            ConnectRetry = 3,
            SyncTimeout = 1000,
            AsyncTimeout = 400,
            KeepAlive = 1,
            HeartbeatInterval = TimeSpan.FromMilliseconds(250),
            ReconnectRetryPolicy = new LinearRetry(200),
            BacklogPolicy = BacklogPolicy.FailFast,
            IncludeDetailInExceptions = false,
            ClientName = "serving",
            // Nothing is published or elected: no second link, and no rights for it.
            ConfigurationChannel = "",
            TieBreaker = "",
            User = options.User,
            Password = options.Password,
            Ssl = options.Tls,
        };
        foreach (string endpoint in options.Endpoints)
        {
            configuration.EndPoints.Add(endpoint);
        }

        return configuration;
    }

    private RedisLane AddLane(string node, RedisKey probe)
    {
        RedisLane lane = new(this, node, probe);
        lock (_byNode)
        {
            _byNode.Add(node, lane);
            _loops.Add(Task.Run(() => lane.RunAsync(_stop.Token)));
        }

        return lane;
    }

    private async Task BeatAsync(CancellationToken stop)
    {
        using PeriodicTimer timer = new(s_heartbeat, Time);
        try
        {
            while (await timer.WaitForNextTickAsync(stop))
            {
                if (_topologyAsked)
                {
                    await RefreshAsync();
                }

                RedisLane[] lanes = Lanes();
                await Task.WhenAll(lanes.Select(lane => lane.HeartbeatAsync(stop)));
                if (OnHeartbeat is { } more && lanes.All(lane => !lane.IsOpen))
                {
                    await more(stop);
                }
            }
        }
        catch (OperationCanceledException)
        {
            // The store ends.
        }
    }

    private RedisLane[] Lanes()
    {
        lock (_byNode)
        {
            return [.. _byNode.Values];
        }
    }

    private async Task RefreshAsync()
    {
        try
        {
            if (IsCluster)
            {
                await _connections.ConfigureAsync();
            }

            ReadTopology();
        }
        catch (Exception error) when (RedisErrors.IsExpected(error))
        {
            _topologyAsked = true;
        }
    }

    private void ReadTopology()
    {
        IServer? server = Array.Find(_connections.GetServers(), server => server.IsConnected);
        if (server is null)
        {
            return;
        }

        _topologyAsked = false;
        ClusterConfiguration? cluster = server.ServerType == ServerType.Cluster ? server.ClusterConfiguration : null;
        if (cluster is null)
        {
            return;
        }

        RedisLane[] lanes = new RedisLane[SlotCount];
        Array.Fill(lanes, _lanes[0]);
        foreach (ClusterNode node in cluster.Nodes.Where(node => !node.IsReplica && node.Slots.Count > 0))
        {
            RedisLane lane = LaneOf(node.EndPoint, node);
            foreach (SlotRange range in node.Slots)
            {
                Array.Fill(lanes, lane, range.From, range.To - range.From + 1);
            }
        }

        _lanes = lanes;
        IsCluster = true;
    }

    private RedisLane LaneOf(EndPoint? endPoint, ClusterNode node)
    {
        string name = endPoint?.ToString() ?? node.NodeId;
        lock (_byNode)
        {
            if (_byNode.TryGetValue(name, out RedisLane? lane))
            {
                return lane;
            }
        }

        // A key of one of the node's slots: the probe goes where the slot goes, should it move.
        int number = 0;
        while (number < ProbesMax && !Holds(node, _connections.GetHashSlot(Keys.Probe(number))))
        {
            number++;
        }

        return AddLane(name, Keys.Probe(number));
    }

    private static bool Holds(ClusterNode node, int slot) =>
        node.Slots.Any(range => range.From <= slot && slot <= range.To);
}
