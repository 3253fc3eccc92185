using System.Text.Json;
using Serving.Engine.Predictions.Log;
using Serving.Engine.Tests.Fakes;
using Serving.Testing;
using Serving.Testing.Fuzzing;
using Xunit;

namespace Serving.Engine.Tests.Predictions.Log;

/// <summary>
/// Segments changed at random: whatever is read of them was written, and what is hostile behind right checksums is no
/// record (P3, P6).
/// </summary>
public sealed class LogFuzzTests : IDisposable
{
    private readonly BundleFolder _folder = new();

    private string Log => _folder["log"];

    private string Copy => Directory.CreateDirectory(_folder["copy"]).FullName;

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Segment_Changed_GivesWhatWasWrittenOrNothing(bool compresses)
    {
        (string name, byte[] whole) = await WriteAsync(compresses);
        HashSet<string> written = [.. LogWorld.Lines(Log, out _)];
        string path = Path.Combine(Copy, name);
        Say(FuzzRun.Of(compresses ? "segment, zstd" : "segment", [whole], ["SRVPLOG1", "SRVPLOGZ"], bytes =>
        {
            File.WriteAllBytes(path, bytes);
            List<string> lines = LogWorld.Lines(Copy, out IReadOnlyList<LogProblem> problems);
            Assert.Subset(written, lines.ToHashSet());
            Assert.True(
                problems.Count > 0 || lines.Count == written.Count || bytes.Length < whole.Length,
                "records are gone and nobody says so");
            return problems.Count == 0;
        }));
    }

    // One bit at a place each: 400 in every build, 10,000 in the nightly job.
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Segment_OneBitFlipped_IsFoundAndNamed(bool compresses)
    {
        (string name, byte[] whole) = await WriteAsync(compresses);
        HashSet<string> written = [.. LogWorld.Lines(Log, out _)];
        string path = Path.Combine(Copy, name);
        var random = new Random(10_000);
        int flips = Nightly.Count(400, 10_000, "SERVING_FLIPS");
        for (int flip = 0; flip < flips; flip++)
        {
            int place = random.Next(whole.Length);
            byte bit = (byte)(1 << random.Next(8));
            whole[place] ^= bit;
            File.WriteAllBytes(path, whole);
            whole[place] ^= bit;
            List<string> lines = LogWorld.Lines(Copy, out IReadOnlyList<LogProblem> problems);
            Assert.True(problems.Count > 0 && problems[0].Offset <= place, $"a flip at {place} is not found");
            Assert.Subset(written, lines.ToHashSet());
        }

        Say($"result: segment{(compresses ? ", zstd" : "")}: {flips} flips of one bit, each found");
    }

    // Checksums are right here: whoever can write a log can make them so.
    [Fact]
    public async Task Payload_Changed_IsARecordOrNone()
    {
        (_, byte[] whole) = await WriteAsync(compresses: false);
        List<byte[]> frames = [];
        for (int at = SegmentHeader.Size; at < whole.Length; at += LogFrame.LengthOf(whole.AsSpan(at)))
        {
            frames.Add([.. whole.AsSpan(at, LogFrame.LengthOf(whole.AsSpan(at)))]);
        }

        byte[][] schemas = [.. frames.Where(frame => LogFrame.KindOf(frame) == LogFrameKind.Schema)];
        Say(FuzzRun.Of("frame of a segment", frames, [], bytes =>
        {
            if (bytes.Length < LogFrame.HeaderSize)
            {
                return false;
            }

            var reader = new LogRecordReader();
            reader.BeginSegment("");
            LogFrame.Seal(bytes, 1, flags: 0);
            bool isSchema = LogFrame.KindOf(bytes) == LogFrameKind.Schema;
            bool isTaken = Take(reader, bytes);
            foreach (byte[] frame in isSchema ? [.. frames] : schemas)
            {
                _ = Take(reader, frame);
            }

            return isSchema ? isTaken : Take(reader, bytes);
        }));
    }

    private static bool Take(LogRecordReader reader, byte[] bytes)
    {
        if (!LogFrame.TryRead(bytes, out LogFrame frame) || !reader.Take(frame, frame.Payload, null))
        {
            return false;
        }

        // What commands do with a record.
        using var json = new Utf8JsonWriter(Stream.Null);
        LogRecordJson.Write(json, reader.Record);
        return true;
    }

    private static void Say(string line) => TestContext.Current.TestOutputHelper?.WriteLine(line);

    private async Task<(string Name, byte[] Bytes)> WriteAsync(bool compresses)
    {
        LogOptions options = LogWorld.Quick with
        {
            SegmentBytes = compresses ? 2048 : 1 << 20,
            Compresses = compresses,
        };
        await using (var world = new LogWorld(_folder, options))
        {
            for (int number = 0; number < 8; number++)
            {
                await world.ScoreAllAsync(number, 1);
                Assert.True(SpinWait.SpinUntil(() => world.Log.Status.WaitingBytes == 0, TimeSpan.FromSeconds(10)));
            }

            world.Log.RecordStart("fuzz", isClean: true);
            Assert.True(!compresses || SpinWait.SpinUntil(
                () => Directory.EnumerateFiles(Log, "*.plog").Count() == 1, TimeSpan.FromSeconds(10)));
        }

        // The first segment alone, so that all that is written of it is in one file.
        string[] files = [.. Directory.EnumerateFiles(Log, "*.plog*").Order(StringComparer.Ordinal)];
        foreach (string other in files.Skip(1))
        {
            File.Delete(other);
        }

        return (Path.GetFileName(files[0]), File.ReadAllBytes(files[0]));
    }
}
