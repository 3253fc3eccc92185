using Xunit;

namespace Serving.Engine.Tests.Predictions.Replays;

/// <summary>Prefixes that requests read, rebuilt from records alone.</summary>
public sealed class ReplayKeyTests
{
    [Fact]
    public void Replay_Appends_KnowsEveryPrefix()
    {
        var store = new SimulatedStore();
        Repeat(5, () => store.Append());
        store.Read();

        Assert.All(store.Replay(), Assert.True);
    }

    [Theory]
    [InlineData(0, true)]
    [InlineData(3, true)]
    [InlineData(0, false)]
    [InlineData(3, false)]
    public void Replay_Compactions_AreDoneAgain(int appendedMeanwhile, bool isTold)
    {
        var store = new SimulatedStore();
        for (int round = 0; round < 3; round++)
        {
            Repeat(40, () => store.Append());
            Assert.True(store.Compact(appendedMeanwhile, isTold));
        }

        store.Append();
        store.Read();

        Assert.All(store.Replay(), Assert.True);
    }

    [Fact]
    public void Replay_UncleanStart_CutsTheSequence()
    {
        var store = new SimulatedStore();
        Repeat(3, () => store.Append());
        int length = store.Length;
        Repeat(3, () => store.Append());
        store.Crash(length);
        Repeat(4, () => store.Append());

        Assert.All(store.Replay(), Assert.True);
    }

    [Fact]
    public void Replay_UncleanStartAcrossACompaction_GoesBackToItsEpoch()
    {
        var store = new SimulatedStore();
        Repeat(40, () => store.Append());
        Assert.True(store.Compact(1));
        int length = store.Length;
        Repeat(3, () => store.Append());
        store.Crash(length);
        Repeat(40, () => store.Append());
        Assert.True(store.Compact(0));
        store.Read();

        Assert.All(store.Replay(), Assert.True);
    }

    [Fact]
    public void Replay_ExpiredKey_BeginsAgain()
    {
        var store = new SimulatedStore();
        Repeat(3, () => store.Append());
        store.Expire();
        Repeat(3, () => store.Append());

        Assert.All(store.Replay(), Assert.True);
    }

    [Fact]
    public void Replay_AppendsThatWaited_FillTheGap()
    {
        var store = new SimulatedStore();
        store.Append();
        Repeat(3, store.Queue);
        store.Drain();
        Repeat(2, () => store.Append());

        Assert.All(store.Replay(), Assert.True);
    }

    [Fact]
    public void Replay_ReadBehindAppendsThatWaited_FillsTheGap()
    {
        var store = new SimulatedStore();
        store.Append();
        Repeat(3, store.Queue);
        store.Drain();
        store.Read();

        Assert.All(store.Replay(), Assert.True);
    }

    // What a kill took the record of is lost from there on, never a wrong prefix.
    [Fact]
    public void Replay_AppendWithoutARecord_IsLostFromThereOn()
    {
        var store = new SimulatedStore();
        Repeat(2, () => store.Append());
        store.Append(isTold: false);
        Repeat(2, () => store.Append());

        Assert.Equal([true, true, false, false], store.Replay());
    }

    // Two losses at once may look like something else of one length: each run has one kind, records that waited, kills,
    // or compactions that nobody told.
    [Fact]
    public void Replay_AnyOrderOfHappenings_NeverGivesAWrongPrefix()
    {
        for (int seed = 0; seed < 60; seed++)
        {
            var random = new Random(seed);
            var store = new SimulatedStore();
            for (int step = 0; step < 150; step++)
            {
                Happen(store, random, seed % 3);
            }

            store.Replay();
        }
    }

    private static void Happen(SimulatedStore store, Random random, int kind)
    {
        // Who made the blob is told, so that one that was made again is seen.
        if (store.Length == 0)
        {
            store.Append();
        }

        // A store that answers again takes what waited before it takes anything else.
        int next = random.Next(40);
        if (next != 2)
        {
            store.Drain();
        }

        switch (next)
        {
            case 0:
                store.Compact(random.Next(4), isTold: kind != 2 || random.Next(3) > 0);
                break;
            case 1 when kind == 1:
                store.Crash(store.Length);
                break;
            case 2 when kind == 0:
                store.Queue();
                break;
            case 4 when kind == 1:
                // A kill between the append and its line; the log had the append, or had not.
                int length = store.Length;
                store.Append(isTold: false);
                store.Crash(random.Next(2) == 0 ? store.Length : length);
                break;
            case 5:
                store.Expire();
                store.Append();
                break;
            case < 15:
                store.Read();
                break;
            default:
                store.Append();
                break;
        }
    }

    private static void Repeat(int count, Action act)
    {
        for (int index = 0; index < count; index++)
        {
            act();
        }
    }
}
