using StackExchange.Redis;

namespace Serving.State.Redis;

/// <summary>
/// Sends accesses in one trip. On a single server they share transactions; in a cluster every append has its own,
/// because keys of several slots cannot share one, and the nodes get theirs in parallel. Commands of one link keep
/// their order, so accesses to one key see each other.
/// </summary>
internal static class RedisSending
{
    // A transaction holds the server for as long as its commands take: more accesses go into the next one.
    private const int TransactionMax = 64;

    /// <summary>Sends those that are marked to be sent; ends when all of them are answered or failed.</summary>
    public static Task Send(IDatabase database, ReadOnlySpan<RedisAccess> accesses, bool reads, bool isCluster)
    {
        if (!AnyAppends(accesses))
        {
            return SendReads(database, accesses);
        }

        List<Task> sent = [];
        int most = isCluster ? 1 : TransactionMax;
        for (int start = 0; start < accesses.Length;)
        {
            int end = EndOf(accesses, start, most);
            sent.Add(SendTogether(database, accesses[start..end], reads, isCluster));
            start = end;
        }

        return sent is [Task single] ? single : Task.WhenAll(sent);
    }

    private static Task SendTogether(IDatabase database, ReadOnlySpan<RedisAccess> accesses, bool reads, bool alone)
    {
        if (alone && !accesses[0].Appends)
        {
            return SendReads(database, accesses);
        }

        Task done;
        try
        {
            ITransaction transaction = database.CreateTransaction();
            foreach (RedisAccess access in accesses)
            {
                if (access.IsSent)
                {
                    access.Ask(database);
                    access.Write(transaction, reads);
                }
            }

            done = transaction.ExecuteAsync(CommandFlags.DemandMaster);
        }
        catch (Exception refused) when (RedisErrors.IsExpected(refused))
        {
            done = Task.FromException(refused);
        }

        SetDone(accesses, done);
        return done;
    }

    private static Task SendReads(IDatabase database, ReadOnlySpan<RedisAccess> accesses)
    {
        List<Task> sent = [];
        try
        {
            IBatch batch = database.CreateBatch();
            foreach (RedisAccess access in accesses)
            {
                if (access.IsSent)
                {
                    access.Write(batch, reads: true);
                    access.Done = access.State!;
                    sent.Add(access.State!);
                }
            }

            batch.Execute();
        }
        catch (Exception refused) when (RedisErrors.IsExpected(refused))
        {
            Task failed = Task.FromException(refused);
            SetDone(accesses, failed);
            return failed;
        }

        return sent is [Task single] ? single : Task.WhenAll(sent);
    }

    private static void SetDone(ReadOnlySpan<RedisAccess> accesses, Task done)
    {
        foreach (RedisAccess access in accesses)
        {
            if (access.IsSent)
            {
                access.Done = done;
            }
        }
    }

    private static bool AnyAppends(ReadOnlySpan<RedisAccess> accesses)
    {
        foreach (RedisAccess access in accesses)
        {
            if (access.IsSent && access.Appends)
            {
                return true;
            }
        }

        return false;
    }

    // Behind the last access that still fits; at least one further.
    private static int EndOf(ReadOnlySpan<RedisAccess> accesses, int start, int most)
    {
        int end = start;
        for (int sent = 0; end < accesses.Length && sent < most; end++)
        {
            sent += accesses[end].IsSent ? 1 : 0;
        }

        return end;
    }
}
