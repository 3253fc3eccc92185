using Serving.Engine.Predictions.Log;
using Serving.Engine.Tests.Fakes;
using Xunit;

namespace Serving.Engine.Tests.Predictions.Log;

/// <summary>
/// Logs that were cut or changed: nothing is hidden, the rest is readable, and the log can be appended to.
/// </summary>
public sealed class LogDamageTests : IDisposable
{
    private const int Answers = 12;

    private readonly BundleFolder _folder = new();

    private string Log => _folder["log"];

    private string Copy => _folder["copy"];

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Cut_AtEveryByteOfTheLastRecord_LosesItAloneAndIsAppendable()
    {
        byte[] bytes = await WriteAsync(LogWorld.Quick);
        int last = LastFrameAt(bytes);
        string[] all = LogWorld.Ids(Log, out _);
        for (int length = last; length < bytes.Length; length++)
        {
            Write(bytes.AsSpan(0, length));
            string[] ids = LogWorld.Ids(Copy, out IReadOnlyList<LogProblem> problems);
            Assert.Equal(all[..^1], ids);
            Assert.Equal(length == last ? 0 : 1, problems.Count);
            Assert.All(problems, problem => Assert.Equal((last, LogProblemKind.Torn), (problem.Offset, problem.Kind)));
            if (length % 97 == 0 || length == bytes.Length - 1)
            {
                AppendAndRead(all[..^1]);
            }
        }
    }

    [Fact]
    public async Task Cut_ZerosBehindTheEnd_AreTorn()
    {
        byte[] bytes = await WriteAsync(LogWorld.Quick);
        Write([.. bytes, .. new byte[4096]]);
        Assert.Equal(Answers, LogWorld.Ids(Copy, out IReadOnlyList<LogProblem> problems).Length);
        Assert.Equal(new LogProblem(Name, bytes.Length, LogProblemKind.Torn), Assert.Single(problems));
        AppendAndRead(LogWorld.Ids(Log, out _));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Flip_EveryByteOfASegment_IsFoundAndOnlyItsRecordIsGone(bool compresses)
    {
        LogOptions options = LogWorld.Quick with
        {
            SegmentBytes = compresses ? 4096 : 1 << 20,
            Compresses = compresses,
        };
        byte[] bytes = await WriteAsync(options);
        string[] all = LogWorld.Ids(Log, out _);
        for (int place = 0; place < bytes.Length; place += StepOf(bytes.Length))
        {
            byte[] changed = [.. bytes];
            changed[place] ^= (byte)(1 << (place % 8));
            Write(changed);
            string[] ids = LogWorld.Ids(Copy, out IReadOnlyList<LogProblem> problems);
            Assert.True(problems.Count > 0, $"a flip at {place} is not found");
            Assert.True(problems[0].Offset <= place, $"a flip at {place} is named at {problems[0]}");
            Assert.True(
                compresses || ids.Length >= all.Length - 1, $"a flip at {place} leaves {ids.Length} of {all.Length}");
            Assert.Empty(ids.Except(all));
        }
    }

    [Fact]
    public async Task Verify_MissingAndDoubledSegments_AreNamed()
    {
        LogOptions options = LogWorld.Quick with { SegmentBytes = 2048 };
        await WriteAsync(options);
        string[] files = [.. Directory.EnumerateFiles(Log, "*.plog").Order(StringComparer.Ordinal)];
        Assert.True(files.Length >= 3);
        string second = Path.GetFileName(files[1]);

        File.Copy(files[1], Path.Combine(Log, "00000000000000000999.plog"));
        LogVerification doubled = Verify();
        Assert.All(doubled.Problems, problem => Assert.Equal(LogProblemKind.Duplicate, problem.Kind));
        Assert.False(doubled.IsOk);
        File.Delete(Path.Combine(Log, "00000000000000000999.plog"));

        File.Delete(files[1]);
        LogProblem missing = Assert.Single(Verify().Problems);
        Assert.Equal((Path.GetFileName(files[2]), LogProblemKind.Missing), (missing.File, missing.Kind));
        Assert.NotEqual(second, missing.File);
    }

    // All of them in the nightly job, a few hundred else.
    private static int StepOf(int length) =>
        Environment.GetEnvironmentVariable("SERVING_NIGHTLY") == "1" ? 1 : Math.Max(1, length / 400);

    private string Name => Path.GetFileName(
        Directory.EnumerateFiles(Log, "*.plog*").Order(StringComparer.Ordinal).First());

    private LogVerification Verify() => LogVerification.Run(Log, null, TestContext.Current.CancellationToken);

    private static int LastFrameAt(byte[] bytes)
    {
        int at = SegmentHeader.Size;
        int last = at;
        while (at < bytes.Length)
        {
            last = at;
            at += LogFrame.LengthOf(bytes.AsSpan(at));
        }

        return last;
    }

    private async Task<byte[]> WriteAsync(LogOptions options)
    {
        await using (var world = new LogWorld(_folder, options))
        {
            for (int number = 0; number < Answers; number++)
            {
                await world.ScoreAllAsync(number, 1);
                Assert.True(SpinWait.SpinUntil(() => world.Log.Status.WaitingBytes == 0, TimeSpan.FromSeconds(10)));
            }

            Assert.True(!options.Compresses || SpinWait.SpinUntil(
                () => Directory.EnumerateFiles(Log, "*.plog").Count() == 1, TimeSpan.FromSeconds(10)));
        }

        return File.ReadAllBytes(Path.Combine(Log, Name));
    }

    private void Write(ReadOnlySpan<byte> bytes)
    {
        if (Directory.Exists(Copy))
        {
            Directory.Delete(Copy, recursive: true);
        }

        Directory.CreateDirectory(Copy);
        File.WriteAllBytes(Path.Combine(Copy, Name), bytes);
    }

    private void AppendAndRead(string[] before)
    {
        for (int round = 1; round <= 2; round++)
        {
            using (var log = PredictionLog.Open(Copy, LogWorld.Quick, TimeProvider.System))
            {
                log.RecordStart("again", isClean: false);
            }

            List<string> lines = LogWorld.Lines(Copy, out IReadOnlyList<LogProblem> problems);
            Assert.Empty(problems);
            Assert.Equal(before.Length + round, lines.Count);
        }
    }
}
