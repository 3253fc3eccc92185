using Serving.State;

namespace Serving.Engine.Predictions.Replays;

/// <summary>
/// Recomputes answers: (1) from the state that the record names, (2) from history, (3) the class of what differs there.
/// </summary>
internal sealed class AnswerReplay(IReadOnlyDictionary<string, ReplayKey> keys, ReplayTally tally, bool hasKeys)
{
    // A request that answered so much later than another one did not run beside it.
    private const long RaceMs = 1000;

    private const string FromPrefix = "different";

    /// <summary>Recomputes one answer.</summary>
    public void Run(RecordLine line, BundleReplay bundle)
    {
        bundle.Read(line);
        if (!line.Masked.IsEmpty && !(hasKeys && bundle.CanDoWithout(line.Masked)))
        {
            // Without the request neither its prefixes nor history can be looked up.
            tally.AddMasked(bundle.CompareFromFeatures(line));
            return;
        }

        // Step 1
        bool isLost = !ReadRecorded(line, bundle, out bool isGuess);
        bool isTooOld = bundle.IsTooOld;
        List<ReplayDifference> differences = isLost ? [] : bundle.Compare(line, FromPrefix);

        // Step 2
        ReadHistory(bundle);
        List<ReplayDifference> fromHistory = bundle.Compare(line, "");

        // Step 3
        HistoryClass found = fromHistory.Count == 0 ? HistoryClass.Equal
            : isLost ? HistoryClass.Lost
            : isTooOld ? HistoryClass.Late
            : ClassOf(line, bundle);

        // A guess that does not give the answer again was none, and the prefix is not known. Where history has no
        // reason for another one either, something that was recorded is not what it was.
        if (isLost || (isGuess && differences.Count > 0 && found != HistoryClass.Unexplained))
        {
            tally.AddFromFeatures(bundle.CompareFromFeatures(line));
        }
        else
        {
            tally.Add(differences);
        }

        string name = found.ToString().ToLowerInvariant();
        tally.AddHistory(found, [.. fromHistory.Select(difference => difference with { Class = name })]);
    }

    // False where the bytes of a prefix are not known.
    private bool ReadRecorded(RecordLine line, BundleReplay bundle, out bool isGuess)
    {
        bundle.BeginState();
        isGuess = false;
        bool isKnown = true;
        for (int log = 0; log < bundle.Logs.Length; log++)
        {
            if (!bundle.TryKey(log, out StateKey key))
            {
                bundle.ReadNoKey(log);
                continue;
            }

            KeyAccess? access = AccessOf(line, key);
            if (access is null || access.Entry.Outcome != StateOutcome.Read)
            {
                bundle.MissState();
                continue;
            }

            EpochBytes? bytes = access.Life?.BytesOf(access.Entry.Epoch);
            if (bytes is null || !bytes.IsKnown(access.Entry.Read))
            {
                isKnown = false;
                continue;
            }

            isGuess |= access.Entry.Read > bytes.GuessedFrom;
            bundle.ReadState(log, bytes.Prefix(access.Entry.Read));
        }

        return isKnown;
    }

    private void ReadHistory(BundleReplay bundle)
    {
        bundle.BeginState();
        for (int log = 0; log < bundle.Logs.Length; log++)
        {
            if (!bundle.TryKey(log, out StateKey key))
            {
                bundle.ReadNoKey(log);
            }
            else if (keys.TryGetValue(key.ToString(), out ReplayKey? known))
            {
                HistoryBlob history = known.History;
                bundle.ReadState(log, history.First(history.CountKnown(bundle.Time)));
            }
            else
            {
                bundle.ReadState(log, []);
            }
        }
    }

    private HistoryClass ClassOf(RecordLine line, BundleReplay bundle)
    {
        var found = new HashSet<HistoryClass>();
        for (int log = 0; log < bundle.Logs.Length; log++)
        {
            if (bundle.TryKey(log, out StateKey key) && AccessOf(line, key) is { } access)
            {
                AddClasses(keys[access.Entry.Key], access, bundle.Time, found);
            }
        }

        HistoryClass[] order =
        [
            HistoryClass.Lost, HistoryClass.Timeout, HistoryClass.Expired, HistoryClass.Late, HistoryClass.Race,
        ];
        return order.FirstOrDefault(found.Contains, HistoryClass.Unexplained);
    }

    private static void AddClasses(ReplayKey key, KeyAccess access, long time, HashSet<HistoryClass> found)
    {
        if (access.Entry.Outcome != StateOutcome.Read)
        {
            found.Add(access.Entry.Outcome == StateOutcome.Damaged ? HistoryClass.Lost : HistoryClass.Timeout);
            return;
        }

        foreach (KeyAppend append in key.History.Appends(key.History.CountKnown(time)))
        {
            bool isOwn = ReferenceEquals(append.Line, access.Line);
            if (!isOwn && access.Life?.Holds(append, access.Entry) != true)
            {
                found.Add(key.AccessOf(append) is { } from ? ClassOf(from, access) : HistoryClass.Expired);
            }
        }

        AddCrossings(key, time, found);
    }

    // Why an event that had become known was not in the state that an access read.
    private static HistoryClass ClassOf(KeyAccess missed, KeyAccess access)
    {
        switch (missed.Entry.Outcome)
        {
            case StateOutcome.Lost:
                return HistoryClass.Lost;
            case StateOutcome.Unavailable:
                return HistoryClass.Timeout;
            case StateOutcome.Damaged:
                return HistoryClass.Lost;
            default:
                break;
        }

        if (missed.Line.Order < access.Line.Order && !ReferenceEquals(missed.Life, access.Life))
        {
            return access.Life?.IsCut == true ? HistoryClass.Lost : HistoryClass.Expired;
        }

        long distance = missed.Line.At - access.Line.At;
        return distance > RaceMs ? HistoryClass.Late : HistoryClass.Race;
    }

    // Events of one id, or at the edge of what a compaction folded, count by their order: crossing is a race too. Lines
    // of several servers that were written in one moment may stand in another order than the store took them.
    private static void AddCrossings(ReplayKey key, long time, HashSet<HistoryClass> found)
    {
        int order = -1;
        KeyAccess? before = null;
        foreach (KeyAppend append in key.History.Appends(key.History.CountKnown(time)))
        {
            if (append.Line is not { } line || key.AccessOf(append) is not { } access)
            {
                continue;
            }

            if (line.Order < order || (before is not null && access.IsPlacedBefore(before)))
            {
                found.Add(HistoryClass.Race);
            }

            order = line.Order;
            before = access;
        }
    }

    private KeyAccess? AccessOf(RecordLine line, in StateKey key) =>
        keys.TryGetValue(key.ToString(), out ReplayKey? known)
            ? known.AccessOf(line)
            : null;
}
