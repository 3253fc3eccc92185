using CsCheck;
using Serving.State.Embedded;
using static Serving.State.Tests.Embedded.StateFixture;

namespace Serving.State.Tests.Embedded;

/// <summary>Random interleavings against a dictionary of all records that were appended.</summary>
public sealed class EmbeddedModelTests
{
    private const int Keys = 12;

    // Kinds: 0-8 append, 9 read, 10-11 fold all that is due, 12 snapshot, 13 restart, 14 restart as after a kill.
    private static readonly Gen<(int Kind, int Key, int Record)> Step =
        Gen.Select(Gen.Int[0, 14], Gen.Int[0, Keys - 1], Gen.Int[0, 1000]);

    [Fact]
    public async Task Folder_RandomInterleaving_EqualsTheModel() =>
        await Step.Array[0, 120].SampleAsync(RunAsync, iter: 30);

    private static async Task RunAsync((int Kind, int Key, int Record)[] steps)
    {
        StateFixture fixture = new();
        EmbeddedWindowStore store = Opened(fixture);
        Dictionary<int, List<byte[]>> model = [];
        try
        {
            foreach ((int kind, int key, int record) in steps)
            {
                switch (kind)
                {
                    case <= 9:
                        await AppendAsync(store, model, key, kind == 9 ? [] : MergingCompactor.Record(record));
                        break;
                    case <= 11:
                        _ = await store.CompactAsync(null, default);
                        break;
                    case 12:
                        store.WriteSnapshot();
                        break;
                    case 13:
                        await store.DisposeAsync();
                        store = Opened(fixture);
                        break;
                    default:
                        (fixture, store) = await KillAsync(fixture, store);
                        break;
                }
            }

            await MustEqualAsync(store, model);
            StateVerification verified = await store.VerifyAsync(null, default);
            Assert.Empty(verified.Problems);
        }
        finally
        {
            await store.DisposeAsync();
            fixture.Dispose();
        }
    }

    private static EmbeddedWindowStore Opened(StateFixture fixture)
    {
        EmbeddedWindowStore store = fixture.Open(Options with { SegmentBytes = 4096 });
        store.Use(new MergingCompactor(Schema));
        return store;
    }

    private static async Task AppendAsync(
        EmbeddedWindowStore store, Dictionary<int, List<byte[]>> model, int key, byte[] record)
    {
        StateBatch batch = await ExchangeAsync(store, key, record);
        Assert.Equal(StateOutcome.Read, batch.Accesses[0].Outcome);
        List<byte[]> records = model.TryGetValue(key, out List<byte[]>? known) ? known : model[key] = [];
        Assert.Equal(MeaningOf(records), MergingCompactor.MeaningOf(batch.StateOf(0)));
        Assert.Equal(batch.Accesses[0].StateLength == 0, records.Count == 0);
        if (record.Length > 0)
        {
            records.Add(record);
        }
    }

    // What was flushed is on the disk; the rest of the folder is as it happens to be.
    private static async Task<(StateFixture Fixture, EmbeddedWindowStore Store)> KillAsync(
        StateFixture fixture, EmbeddedWindowStore store)
    {
        await store.FlushAsync(default);
        StateFixture copy = fixture.Copy();
        await store.DisposeAsync();
        fixture.Dispose();
        return (copy, Opened(copy));
    }

    private static async Task MustEqualAsync(EmbeddedWindowStore store, Dictionary<int, List<byte[]>> model)
    {
        for (int key = 0; key < Keys; key++)
        {
            byte[] blob = await store.ReadAsync(KeyOf(key), default);
            Assert.Equal(MeaningOf(model.GetValueOrDefault(key) ?? []), MergingCompactor.MeaningOf(blob));
        }
    }

    private static (ulong Sum, ulong Count) MeaningOf(List<byte[]> records)
    {
        byte[] blob = [.. new byte[BlobHeader.Size], .. records.SelectMany(record => record)];
        return MergingCompactor.MeaningOf(blob);
    }
}
