using Microsoft.Extensions.ObjectPool;

namespace Serving.Server.Grpc;

/// <summary>Idle calls. Safe for use by several threads.</summary>
internal sealed class ScoreCallPool
{
    // As many as requests are under way at once in a busy server; more are made and dropped.
    private const int KeptMax = 512;

    private readonly DefaultObjectPool<ScoreCall> _pool = new(new Policy(), KeptMax);

    /// <summary>Takes an idle call or makes one.</summary>
    public ScoreCall Rent() => _pool.Get();

    /// <summary>Gives a call back. REQUIRES: nobody uses it any more.</summary>
    public void Return(ScoreCall call) => _pool.Return(call);

    private sealed class Policy : PooledObjectPolicy<ScoreCall>
    {
        public override ScoreCall Create() => new();

        public override bool Return(ScoreCall obj) => obj.IsSmall;
    }
}
