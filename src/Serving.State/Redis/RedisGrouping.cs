namespace Serving.State.Redis;

/// <summary>
/// Puts the accesses of a batch that share a key together: the blob is read once and all their records are one append,
/// as for a hot key whose rows come in one batch. What each of them read follows from the blob and the records before
/// it. Safe for use by several threads.
/// </summary>
internal static class RedisGrouping
{
    /// <summary>One access for each key of a batch, in the order in which the keys come first.</summary>
    public static RedisAccess[] Of(StateBatch batch, RedisLink link)
    {
        Dictionary<StateKey, List<int>> places = new(batch.Count);
        List<StateKey> keys = new(batch.Count);
        for (int place = 0; place < batch.Count; place++)
        {
            StateKey key = batch.Accesses[place].Key;
            if (!places.TryGetValue(key, out List<int>? same))
            {
                places.Add(key, same = new List<int>(1));
                keys.Add(key);
            }

            same.Add(place);
        }

        return [.. keys.Select(key => new RedisAccess(link.Keys, link.LaneOf(key), batch, [.. places[key]]))];
    }

    /// <summary>Answers all accesses of a group by what was read before the first and the length behind the last.
    /// </summary>
    public static void Answer(StateBatch batch, RedisAccess access, ReadOnlySpan<byte> blob)
    {
        uint epoch = blob.Length > 0 ? BlobHeader.EpochOf(blob) : 0;
        int before = 0;
        foreach (int place in access.Places)
        {
            // The first record makes the blob, whose header the others read.
            int head = blob.IsEmpty && before > 0 ? BlobHeader.Size : 0;
            Span<byte> state = batch.Answer(place, blob.Length + head + before);
            blob.CopyTo(state);
            access.Header[..head].CopyTo(state);
            access.Records[..before].CopyTo(state[(blob.Length + head)..]);
            ref StateAccess answer = ref batch.Accesses[place];
            answer.Outcome = StateOutcome.Read;
            answer.Epoch = epoch;
            answer.After = state.Length + (answer.RecordLength == 0 ? 0
                : answer.RecordLength + (state.IsEmpty ? BlobHeader.Size : 0));
            before += answer.RecordLength;
        }
    }

    /// <summary>Answers all accesses of a group with what came of it, without a state.</summary>
    public static void Answer(StateBatch batch, RedisAccess access, StateOutcome outcome)
    {
        foreach (int place in access.Places)
        {
            batch.Answer(place, 0);
            batch.Accesses[place].Outcome = outcome;
            batch.Accesses[place].After = 0;
        }
    }

    /// <summary>Answers all accesses of a group with a state behind which nothing was appended.</summary>
    public static void Refuse(StateBatch batch, RedisAccess access, ReadOnlySpan<byte> blob)
    {
        foreach (int place in access.Places)
        {
            blob.CopyTo(batch.Answer(place, blob.Length));
            ref StateAccess answer = ref batch.Accesses[place];
            answer.Outcome = answer.RecordLength > 0 ? StateOutcome.TooMany : StateOutcome.Read;
            answer.Epoch = BlobHeader.EpochOf(blob);
            answer.After = blob.Length;
        }
    }
}
