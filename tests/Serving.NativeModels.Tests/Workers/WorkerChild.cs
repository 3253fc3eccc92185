using Serving.NativeModels.Tests.Fakes;
using Serving.NativeModels.Workers;

namespace Serving.NativeModels.Tests.Workers;

/// <summary>What a worker does that the tests beside start: this program, with this one test.</summary>
public sealed class WorkerChild
{
    public const string Variable = "SERVING_TEST_WORKER_SOCKET";

    [Fact]
    public async Task Child_WithASocket_WorksForIt()
    {
        string? socket = Environment.GetEnvironmentVariable(Variable);
        Assert.SkipWhen(socket is null, "runs in child processes of other tests alone");
        await WorkerHost.RunAsync(socket, [new RowSumFactory()], CancellationToken.None);
    }
}
