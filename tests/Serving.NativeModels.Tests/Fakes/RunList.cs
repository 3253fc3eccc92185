using System.Collections.Concurrent;
using Serving.NativeModels.Batching;

namespace Serving.NativeModels.Tests.Fakes;

/// <summary>Keeps what it is told.</summary>
internal sealed class RunList : IBatchObserver
{
    private int _refused;
    private int _expired;

    public ConcurrentQueue<(int Calls, int Rows, int Size)> Runs { get; } = [];

    public int Refused => _refused;

    public int Expired => _expired;

    public void OnRun(int calls, int rows, int size, TimeSpan waited, TimeSpan ran) =>
        Runs.Enqueue((calls, rows, size));

    public void OnRefused() => Interlocked.Increment(ref _refused);

    public void OnExpired() => Interlocked.Increment(ref _expired);
}
