using System.Diagnostics;
using System.Globalization;
using System.Text.Json.Nodes;
using Serving.Cli.StateTools;

namespace Serving.EndToEnd.Tests.Windows.Faults;

/// <summary>Compares the state of all cards with a journal: sums of the windows, and the ids of young events.</summary>
internal sealed class StateCheck(FaultWorld world, IReadOnlyCollection<JournalEvent> journal)
{
    // More of one card were never under way at once; more would match any sum.
    private const int FoldedMax = 3;

    /// <summary>Events of scores that were answered and are missing, so far.</summary>
    public int LostAnswered { get; private set; }

    /// <summary>The keys whose blobs are compared: both logs of every card.</summary>
    public EntityKey[] Keys { get; } =
    [
        .. Enumerable.Range(0, KillLoad.Cards).SelectMany(number => new[] { "txn", "chargeback" }.Select(
            log => world.KeyOf(log, FaultWorld.Card(number)))),
    ];

    /// <summary>
    /// Checks every key behind a kill, and notes in the journal what is there. Every ingest that was answered must be,
    /// and every score that was answered longer ago than may be lost; nothing else but what was sent, and that once.
    /// </summary>
    /// <param name="blobs">The blobs of <see cref="Keys"/>.</param>
    /// <param name="killed">Timestamp of the kill.</param>
    /// <param name="mayLose">What an answered score's event may be younger than to be missing.</param>
    public void Check(byte[][] blobs, long killed, TimeSpan mayLose)
    {
        ILookup<(bool, string), JournalEvent> events = journal.ToLookup(sent => (sent.IsIngest, sent.Card));
        for (int index = 0; index < Keys.Length; index++)
        {
            int card = index / 2;
            bool isIngest = index % 2 == 1;
            JsonObject dump = world.Dump(Keys[index], blobs[index], FaultWorld.NowMs);
            CheckKey(dump, [.. events[(isIngest, FaultWorld.Card(card))]], isIngest, killed, mayLose);
        }
    }

    private void CheckKey(
        JsonObject dump, JournalEvent[] events, bool isIngest, long killed, TimeSpan mayLose)
    {
        Assert.True(dump["sound"]!.GetValue<bool>(), "a blob is damaged");
        HashSet<long> found = [.. dump["tail"]!.AsArray().Select(
            record => long.Parse(record!["id"]!.GetValue<string>(), CultureInfo.InvariantCulture))];
        (int count, long sum) = (0, 0);
        foreach (JournalEvent sent in events)
        {
            bool mustBe = sent.IsThere || (sent.AnsweredAt != 0
                && (isIngest || Stopwatch.GetElapsedTime(sent.AnsweredAt, killed) > mayLose));
            sent.IsThere = mustBe || (sent.IsSent && found.Contains(sent.Id));
            LostAnswered += sent.AnsweredAt != 0 && !sent.IsThere ? 1 : 0;
            count += sent.IsThere ? 1 : 0;
            sum += sent.IsThere ? sent.Cents : 0;
        }

        // What was under way at the kill may have been folded at once where it was sent again: its id is not seen then.
        JournalEvent[] unseen = [.. events.Where(sent => !sent.IsThere && sent.IsSent)];
        int more = FaultWorld.CountOf(dump) - count;
        foreach (JournalEvent folded in more is > 0 and <= FoldedMax
            ? Pick(unseen, 0, more, FaultWorld.SumOf(dump) - sum) ?? []
            : [])
        {
            folded.IsThere = true;
            (count, sum) = (count + 1, sum + folded.Cents);
        }

        Assert.True(
            (count, sum) == (FaultWorld.CountOf(dump), FaultWorld.SumOf(dump)),
            $"{dump["event"]} {dump["fields"]}: expected {count} events, {FaultWorld.MoneyText(sum)}; found "
            + dump["values"]!.ToJsonString());
    }

    // So many of the events whose amounts give a sum; null where there are none.
    private static JournalEvent[]? Pick(JournalEvent[] events, int first, int count, long cents)
    {
        if (count == 0)
        {
            return cents == 0 ? [] : null;
        }

        for (int index = first; index < events.Length; index++)
        {
            if (Pick(events, index + 1, count - 1, cents - events[index].Cents) is { } rest)
            {
                return [events[index], .. rest];
            }
        }

        return null;
    }
}
