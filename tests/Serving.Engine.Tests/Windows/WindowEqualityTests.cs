using Serving.State.Tests.Redis;
using Xunit;

namespace Serving.Engine.Tests.Windows;

/// <summary>
/// Drawn scripts over drawn streams: the oracle, offline, the embedded store in memory and in a folder, and Redis give
/// the same bits, whatever happens to the stores between arrivals (section 5, 1 and 2).
/// </summary>
public sealed class WindowEqualityTests
{
    private const ulong FirstSeed = 1;
    private const int NightlyParts = 4;
    private const int NightlyPartCases = 5000;

    private const int HotCases = 12;
    private const int HotArrivals = 700;

    // A folder is synced to the disk again and again: its cases take most of the time.
    private const int FolderCases = 200;

    /// <summary>Cases of every run.</summary>
    internal const int CiCases = 500;

    private static readonly ulong s_nightlySeed = (ulong)Random.Shared.NextInt64();

    public static TheoryData<int> Parts() => [.. Enumerable.Range(0, NightlyParts)];

    [Fact]
    public void DrawnCases_Generators_ReachEverything()
    {
        var coverage = new CaseCoverage();
        for (ulong seed = FirstSeed; seed < FirstSeed + CiCases; seed++)
        {
            coverage.Add(new CompiledCase(CaseGenerator.Draw(seed)));
        }

        Assert.Empty(coverage.Missing);
    }

    [Fact]
    public Task DrawnCases_Offline_EqualsTheOracle() =>
        CaseComparison.CompareAsync(FirstSeed, CiCases, Executions.Offline);

    [Fact]
    public async Task DrawnCases_EmbeddedMemory_EqualsTheOracle()
    {
        long compactions = 0;
        long expired = 0;
        await CaseComparison.CompareAsync(FirstSeed, CiCases, Executions.Memory(Mistake.None, status =>
        {
            Assert.Equal(0, status.CompactionFaults);
            compactions += status.Compactions;
            expired += status.Expired;
        }));

        // What was asked for did happen, often.
        Assert.InRange(compactions, CiCases, long.MaxValue);
        Assert.InRange(expired, CiCases / 10, long.MaxValue);
    }

    [Fact]
    public Task DrawnCases_EmbeddedFolder_EqualsTheOracle() =>
        CaseComparison.CompareAsync(FirstSeed, FolderCases, Executions.Folder);

    [Fact]
    public async Task DrawnCases_Redis_EqualsTheOracle()
    {
        using RedisServer server = RedisSubject.StartServer();
        await CaseComparison.CompareAsync(FirstSeed, CiCases, Executions.Redis(server));
    }

    // Offline folds blobs of some hundred bytes, and in another way beyond six thousand.
    [Fact]
    public Task HotKeys_OfflineAndEmbedded_EqualTheOracle() => CaseComparison.CompareAsync(
        Enumerable.Range(0, HotCases).Select(seed => CaseGenerator.DrawHot((ulong)seed, HotArrivals)),
        Executions.Offline,
        Executions.Memory(Mistake.None));

    [Theory]
    [Trait("Category", "Nightly")]
    [MemberData(nameof(Parts))]
    public async Task ManyDrawnCases_AllExecutions_EqualTheOracle(int part)
    {
        Assert.SkipUnless(
            Environment.GetEnvironmentVariable("SERVING_NIGHTLY") == "1",
            "20,000 cases run in the nightly job: SERVING_NIGHTLY=1");
        using RedisServer server = RedisSubject.StartServer();
        ulong first = unchecked(s_nightlySeed + (ulong)(part * NightlyPartCases));
        await CaseComparison.CompareBesideAsync(
            first,
            NightlyPartCases,
            Executions.Offline,
            Executions.Memory(Mistake.None),
            Executions.Folder,
            Executions.Redis(server));
    }
}
