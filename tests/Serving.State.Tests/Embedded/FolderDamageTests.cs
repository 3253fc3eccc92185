using Serving.Data;
using Serving.State.Embedded;
using static Serving.State.Tests.Embedded.StateFixture;

namespace Serving.State.Tests.Embedded;

/// <summary>Torn tails are cut, everything else that is damaged is named; hardening.md 110, 111.</summary>
public sealed class FolderDamageTests
{
    private const int Keys = 5;

    [Fact]
    public async Task Open_LastRecordCutAtEachByte_KeepsAllBefore()
    {
        using StateFixture fixture = new();
        EmbeddedWindowStore store = fixture.Open();
        for (int i = 0; i < 20; i++)
        {
            _ = await ExchangeAsync(store, i % Keys, MergingCompactor.Record(i), isDurable: true);
        }

        byte[][] before = await ContentAsync(store, Keys);
        using StateFixture whole = fixture.Copy();
        _ = await ExchangeAsync(store, 0, MergingCompactor.Record(999), isDurable: true);
        using StateFixture longer = fixture.Copy();
        byte[][] after = await ContentAsync(store, Keys);
        await store.DisposeAsync();
        string path = Assert.Single(FolderFiles.Logs(whole.Folder)).Path;
        byte[] bytes = File.ReadAllBytes(Path.Combine(longer.Folder, Path.GetFileName(path)));
        int begin = FrameBegin(bytes, MergingCompactor.Record(999));
        for (int length = begin; length <= bytes.Length; length++)
        {
            bool isWhole = length >= begin + LogFrame.HeaderSize + MergingCompactor.Record(999).Length;
            await MustOpenAsync(bytes[..length], path, isWhole ? after : before);
            if (length % 8 == 0)
            {
                byte[] zeroed = [.. bytes[..length], .. new byte[100]];
                await MustOpenAsync(zeroed, path, isWhole ? after : before);
            }
        }
    }

    [Fact]
    public async Task Open_BitFlippedInAnyFileOfAStoppedFolder_IsNamedAndRefused()
    {
        using StateFixture fixture = new();
        await FillAsync(fixture);
        await MustFindFlipsAsync(fixture, every: 7);
    }

    // A log of several segments beside a snapshot, as a running server has them.
    [Fact]
    public async Task Open_BitFlippedInAnyFileOfAKilledFolder_IsNamedAndRefused()
    {
        using StateFixture fixture = new();
        await using EmbeddedWindowStore store = fixture.Open(Options with { SegmentBytes = 4096 });
        for (int i = 0; i < 100; i++)
        {
            _ = await ExchangeAsync(store, i % Keys, MergingCompactor.Record(i), isDurable: true);
            if (i == 30)
            {
                store.WriteSnapshot();
            }
        }

        using StateFixture killed = fixture.Copy();
        Assert.True(FolderFiles.Logs(killed.Folder).Count > 1);
        await MustFindFlipsAsync(killed, every: 11);
    }

    [Fact]
    public async Task Open_SegmentMissing_IsRefused()
    {
        using StateFixture fixture = new();
        await using EmbeddedWindowStore store = fixture.Open(Options with { SegmentBytes = 4096 });
        for (int i = 0; i < 200; i++)
        {
            _ = await ExchangeAsync(store, i % Keys, MergingCompactor.Record(i), isDurable: true);
        }

        int segments = FolderFiles.Logs(fixture.Folder).Count;
        Assert.True(segments >= 3);
        for (int missing = 0; missing < segments - 1; missing++)
        {
            using StateFixture copy = fixture.Copy();
            File.Delete(FolderFiles.Logs(copy.Folder)[missing].Path);
            _ = Assert.Throws<InputException>(() => copy.Open());
            Assert.NotEmpty((await EmbeddedFolder.VerifyAsync(copy.Folder, null, default)).Problems);
        }
    }

    [Fact]
    public async Task Open_SnapshotWithoutLogOrMark_IsRefused()
    {
        using StateFixture fixture = new();
        await FillAsync(fixture);
        File.Delete(Path.Combine(fixture.Folder, FolderFiles.Stop));
        _ = Assert.Throws<InputException>(() => fixture.Open());
    }

    [Fact]
    public async Task Open_DamagedWithRepair_KeepsTheRestAndIsWholeAfterwards()
    {
        using StateFixture fixture = new();
        EmbeddedWindowStore store = fixture.Open();
        for (int i = 0; i < 50; i++)
        {
            _ = await ExchangeAsync(store, i % Keys, [4, (byte)i, 2, 3, 4], isDurable: true);
        }

        using StateFixture killed = fixture.Copy();
        await store.DisposeAsync();
        string path = FolderFiles.Logs(killed.Folder)[0].Path;
        byte[] bytes = File.ReadAllBytes(path);
        bytes[bytes.Length / 2] ^= 4;
        File.WriteAllBytes(path, bytes);
        InputException refused = Assert.Throws<InputException>(() => killed.Open());
        Assert.Contains(path, refused.Message, StringComparison.Ordinal);
        await using (EmbeddedWindowStore repaired = killed.Open(Options with { Repair = true }))
        {
            Assert.Equal(1, repaired.Status.Repaired);
            byte[][] kept = await ContentAsync(repaired, Keys);
            // On a slow machine the damaged frame may be one of the log that holds no append.
            Assert.InRange(kept.Sum(blob => (blob.Length - BlobHeader.Size) / 5), 48, 50);
        }

        Assert.Empty((await EmbeddedFolder.VerifyAsync(killed.Folder, null, default)).Problems);
        await using EmbeddedWindowStore again = killed.Open();
        Assert.Equal(Keys, again.Status.Blobs);
    }

    // Files of random bytes under the right names: refused or cut, never a crash.
    [Fact]
    public void Open_RandomBytes_NeverCrashes()
    {
        for (int seed = 0; seed < 50; seed++)
        {
            using StateFixture fixture = new();
            Random random = new(seed);
            byte[] bytes = new byte[random.Next(0, 3000)];
            random.NextBytes(bytes);
            string path = seed % 2 == 0
                ? FolderFiles.LogPath(fixture.Folder, 1)
                : FolderFiles.SnapshotPath(fixture.Folder, 1);
            File.WriteAllBytes(path, bytes);
            _ = Assert.Throws<InputException>(() => fixture.Open());
        }
    }

    private static async Task FillAsync(StateFixture fixture)
    {
        await using EmbeddedWindowStore store = fixture.Open();
        for (int i = 0; i < 40; i++)
        {
            _ = await ExchangeAsync(store, i % Keys, MergingCompactor.Record(i));
        }
    }

    private static async Task MustFindFlipsAsync(StateFixture fixture, int every)
    {
        await using (EmbeddedWindowStore whole = OpenCopy(fixture, out StateFixture copy))
        {
            Assert.Equal(Keys, whole.Status.Blobs);
            copy.Dispose();
        }

        Assert.Empty((await EmbeddedFolder.VerifyAsync(fixture.Folder, null, default)).Problems);
        foreach (string path in Directory.GetFiles(fixture.Folder))
        {
            byte[] bytes = File.ReadAllBytes(path);
            for (int at = 0; at < bytes.Length; at += at < 300 ? 1 : every)
            {
                byte flipped = (byte)(1 << (at % 8));
                bytes[at] ^= flipped;
                File.WriteAllBytes(path, bytes);
                StateVerification verified = await EmbeddedFolder.VerifyAsync(fixture.Folder, null, default);
                Assert.True(verified.Problems.Length > 0, $"bit of byte {at} of {path} flipped unseen");
                if (at % 10 == 0)
                {
                    await MustRefuseOrCutAsync(fixture, path, at, bytes.Length);
                }

                bytes[at] ^= flipped;
            }

            File.WriteAllBytes(path, bytes);
        }
    }

    // At the very end of a killed log a flipped bit looks like a torn write; it is cut, and said so.
    private static async Task MustRefuseOrCutAsync(StateFixture fixture, string path, int at, int length)
    {
        using StateFixture copy = fixture.Copy();
        try
        {
            await using EmbeddedWindowStore store = copy.Open();
            Assert.True(store.Status.CutBytes > 0, $"bit of byte {at} of {path} flipped and opened");
            Assert.True(at > length - 400, $"byte {at} of {length} taken for a torn tail");
        }
        catch (InputException refused)
        {
            Assert.NotEmpty(refused.Problems);
        }
    }

    private static EmbeddedWindowStore OpenCopy(StateFixture fixture, out StateFixture copy)
    {
        copy = fixture.Copy();
        return copy.Open();
    }

    private static int FrameBegin(byte[] log, byte[] record) =>
        log.AsSpan().LastIndexOf(record) - LogFrame.HeaderSize;

    // Opens, appends, and opens again as after another kill: the second recovery equals the first.
    private static async Task MustOpenAsync(byte[] log, string path, byte[][] expected)
    {
        using StateFixture fixture = new();
        File.WriteAllBytes(Path.Combine(fixture.Folder, Path.GetFileName(path)), log);
        EmbeddedWindowStore store = fixture.Open();
        Assert.Equal(expected, await ContentAsync(store, Keys));
        using StateFixture second = fixture.Copy();
        await using (EmbeddedWindowStore again = second.Open())
        {
            Assert.Equal(expected, await ContentAsync(again, Keys));
            Assert.Equal(StateOutcome.Read, await OutcomeAsync(again, 1, [1, 1], isDurable: true));
        }

        await store.DisposeAsync();
        await using EmbeddedWindowStore stopped = fixture.Open();
        Assert.Equal(expected, await ContentAsync(stopped, Keys));
    }
}
