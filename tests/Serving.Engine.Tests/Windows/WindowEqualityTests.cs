using Serving.State.Tests.Redis;

namespace Serving.Engine.Tests.Windows;

/// <summary>
/// Drawn scripts over drawn streams: the oracle, the embedded store in memory and in a folder, and Redis give the same
/// bits, whatever happens to the stores between arrivals.
/// </summary>
public sealed class WindowEqualityTests
{
    [Fact]
    public Task DrawnCases_EmbeddedMemory_EqualsTheOracle() =>
        CaseComparison.CompareAsync(1, 500, () => Task.FromResult<StoreSubject>(new MemorySubject()));

    [Fact]
    public Task DrawnCases_EmbeddedFolder_EqualsTheOracle() =>
        CaseComparison.CompareAsync(1, 500, () => Task.FromResult<StoreSubject>(new FolderSubject()));

    [Fact]
    public async Task DrawnCases_Redis_EqualsTheOracle()
    {
        using RedisServer server = RedisSubject.StartServer();
        await CaseComparison.CompareAsync(1, 500, () => RedisSubject.ConnectAsync(server));
    }
}
