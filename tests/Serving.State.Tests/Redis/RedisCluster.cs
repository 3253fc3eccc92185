namespace Serving.State.Tests.Redis;

/// <summary>Three primaries in cluster mode, without replicas.</summary>
internal sealed class RedisCluster : IDisposable
{
    private const int SlotCount = 16384;

    private readonly RedisServer[] _nodes;

    private RedisCluster(RedisServer[] nodes) => _nodes = nodes;

    public IReadOnlyList<RedisServer> Nodes => _nodes;

    public static async Task<RedisCluster> Start()
    {
        RedisCluster cluster = new([.. Enumerable.Range(0, 3).Select(_ => RedisServer.Start(
            "--cluster-enabled", "yes", "--cluster-config-file", "nodes.conf", "--cluster-node-timeout", "5000",
            "--cluster-require-full-coverage", "no"))]);
        for (int i = 0; i < cluster._nodes.Length; i++)
        {
            int from = SlotCount * i / 3;
            int to = (SlotCount * (i + 1) / 3) - 1;
            await cluster.Ask(i, "CLUSTER", "ADDSLOTSRANGE", from, to);
            await cluster.Ask(i, "CLUSTER", "MEET", "127.0.0.1", cluster._nodes[0].Port);
        }

        for (int i = 0; i < 3; i++)
        {
            int node = i;
            bool ok = await Waiting.Becomes(
                async () => await cluster.Ask(node, "CLUSTER", "INFO") is var info
                    && info.Contains("cluster_state:ok", StringComparison.Ordinal)
                    && info.Contains("cluster_known_nodes:3", StringComparison.Ordinal),
                TimeSpan.FromSeconds(20));
            Assert.True(ok, "the cluster does not come up");
        }

        return cluster;
    }

    public void Dispose()
    {
        foreach (RedisServer node in _nodes)
        {
            node.Dispose();
        }
    }

    /// <summary>Gives an empty slot to another node.</summary>
    public async Task Move(int slot, int to)
    {
        string id = (await Ask(to, "CLUSTER", "MYID")).Trim();
        for (int node = 0; node < _nodes.Length; node++)
        {
            await Ask(node, "CLUSTER", "SETSLOT", slot, "NODE", id);
        }
    }

    private Task<string> Ask(int node, params object[] command) =>
        _nodes[node].Cli([.. command.Select(part => $"{part}")]);
}
