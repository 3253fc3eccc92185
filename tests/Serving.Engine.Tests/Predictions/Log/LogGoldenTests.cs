using Serving.Engine.Predictions.Log;
using Serving.Engine.Predictions.Replays;
using Serving.Engine.Tests.Fakes;
using Serving.Testing;
using Xunit;

namespace Serving.Engine.Tests.Predictions.Log;

/// <summary>
/// Segments that were written by version 1 of the format and committed are read by every later program, to the last
/// letter, and give their answers again (P19). A new format version gets folders of its own beside these.
/// </summary>
public sealed class LogGoldenTests : IDisposable
{
    private const int Answers = 5;

    private static readonly LogKeys s_keys =
        LogKeys.Parse($"k {Convert.ToBase64String(new byte[LogKeys.KeySize])}", "key");

    private readonly BundleFolder _folder = new();

    public static TheoryData<string> Names => ["1-plain", "1-zstd", "1-sealed"];

    public void Dispose() => _folder.Dispose();

    [Theory]
    [MemberData(nameof(Names))]
    public void Read_GoldenFolder_GivesItsLinesAndItsAnswers(string name)
    {
        string golden = PathOf(name);
        List<string> lines = LogWorld.Lines(golden, out IReadOnlyList<LogProblem> problems, s_keys);
        Assert.Empty(problems);
        Assert.Equal(File.ReadAllLines(Path.Combine(golden, "lines.jsonl")), lines);

        PayScript.Publish(_folder, MasksOf(name));
        ReplayReport report = LogWorld.Replay(_folder, golden, s_keys);
        Assert.Equal((Answers, 0, 0), (report.Equal, report.Different, report.Masked));
    }

    /// <summary>Wrote the folders; run by its name once for each version of the format.</summary>
    [Theory(Explicit = true)]
    [MemberData(nameof(Names))]
    public async Task Write_GoldenFolder_IsWhole(string name)
    {
        string golden = PathOf(name);
        Assert.False(Directory.Exists(golden), "golden files are never written again");
        PayScript.Publish(_folder, MasksOf(name));
        bool isPacked = name.EndsWith("zstd", StringComparison.Ordinal);
        LogOptions options = LogWorld.Quick with
        {
            Compresses = isPacked, SegmentBytes = isPacked ? 2048 : 1 << 20,
            Keys = name.EndsWith("sealed", StringComparison.Ordinal) ? s_keys : null,
            Encrypts = name.EndsWith("sealed", StringComparison.Ordinal),
        };
        await using (var world = new LogWorld(_folder, options))
        {
            world.Log.RecordStart("golden", isClean: true);
            for (int number = 0; number < Answers; number++)
            {
                await world.ScoreAllAsync(number, 1);
                Assert.True(SpinWait.SpinUntil(() => world.Log.Status.WaitingBytes == 0, TimeSpan.FromSeconds(10)));
            }

            Assert.True(!isPacked || SpinWait.SpinUntil(
                () => Directory.EnumerateFiles(_folder["log"], "*.plogz").Any(), TimeSpan.FromSeconds(10)));
        }

        Directory.CreateDirectory(golden);
        foreach (string file in Directory.EnumerateFiles(_folder["log"], "*.plog*"))
        {
            File.Copy(file, Path.Combine(golden, Path.GetFileName(file)));
        }

        await File.WriteAllLinesAsync(
            Path.Combine(golden, "lines.jsonl"), LogWorld.Lines(golden, out _, s_keys),
            TestContext.Current.CancellationToken);
    }

    private static string[] MasksOf(string name) =>
        name.EndsWith("sealed", StringComparison.Ordinal) ? ["email"] : [];

    private static string PathOf(string name) => Path.Combine(
        SharedFiles.Repository, "tests", "Serving.Engine.Tests", "Predictions", "Log", "golden", name);
}
