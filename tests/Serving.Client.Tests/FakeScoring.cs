using System.Collections.Concurrent;
using Grpc.Core;
using Serving.Protocol.V1;

namespace Serving.Client.Tests;

/// <summary>A server that fails as it is told.</summary>
public sealed class FakeScoring : ScoringService.ScoringServiceBase
{
    private int _calls;

    public ConcurrentQueue<StatusCode> Failures { get; } = new();

    public ConcurrentDictionary<string, bool> Peers { get; } = new();

    public bool AlwaysFails { get; set; }

    public int Calls => _calls;

    public TimeSpan LastTimeLeft { get; private set; }

    public override Task<ScoreResponse> Score(ScoreRequest request, ServerCallContext context)
    {
        Interlocked.Increment(ref _calls);
        Peers[context.Peer] = true;
        LastTimeLeft = context.Deadline - DateTime.UtcNow;
        return AlwaysFails ? throw new RpcException(new Status(StatusCode.Unavailable, "out"))
            : Failures.TryDequeue(out StatusCode status) ? throw new RpcException(new Status(status, "as told"))
            : Task.FromResult(new ScoreResponse { Score = 0.5 });
    }
}
