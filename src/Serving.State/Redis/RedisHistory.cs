using System.Globalization;
using StackExchange.Redis;

namespace Serving.State.Redis;

/// <summary>
/// When the history of each log begins, a key for each log: the milliseconds, with an <c>f</c> behind where a backfill
/// wrote it. Safe for use by several threads and servers.
/// </summary>
internal sealed class RedisHistory(RedisLink link)
{
    private const char Filled = 'f';

    // The earlier begin of the two, and filled if one of them is. The numbers have at most 15 digits, which a double
    // holds. What no server of ours wrote is replaced.
    private const string NoteScript = """
        local had = redis.call('GET', KEYS[1])
        local since, filled = string.match(had or '', '^(%-?%d+)(f?)$')
        if not since then
          since, filled = ARGV[1], ARGV[2]
        else
          if tonumber(ARGV[1]) < tonumber(since) then since = ARGV[1] end
          if ARGV[2] == 'f' then filled = 'f' end
        end
        if had ~= since .. filled then redis.call('SET', KEYS[1], since .. filled) end
        return since .. filled
        """;

    public async ValueTask<LogHistory?> ReadAsync(ulong log, CancellationToken cancellation) =>
        TryParse(await AskAsync(
            () => link.Database.StringGetAsync(link.Keys.HistoryOf(log), CommandFlags.DemandMaster), cancellation));

    public async ValueTask<LogHistory> NoteAsync(ulong log, LogHistory history, CancellationToken cancellation)
    {
        RedisKey[] keys = [link.Keys.HistoryOf(log)];
        RedisValue[] values = [history.SinceMs, history.IsFilled ? "f" : ""];
        RedisResult found = await AskAsync(
            () => link.Database.ScriptEvaluateAsync(NoteScript, keys, values, CommandFlags.DemandMaster), cancellation);
        return TryParse((RedisValue)found) ?? throw new IOException($"'{found}' is no begin of a log's history");
    }

    public async ValueTask ForgetAsync(ulong log, CancellationToken cancellation) => await AskAsync(
        () => link.Database.KeyDeleteAsync(link.Keys.HistoryOf(log), CommandFlags.DemandMaster), cancellation);

    private static LogHistory? TryParse(RedisValue value)
    {
        string text = (string?)value ?? "";
        bool isFilled = text.EndsWith(Filled);
        ReadOnlySpan<char> number = text.AsSpan(0, text.Length - (isFilled ? 1 : 0));
        return long.TryParse(number, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long since)
            ? new LogHistory(since, isFilled)
            : null;
    }

    private static async Task<T> AskAsync<T>(Func<Task<T>> ask, CancellationToken cancellation)
    {
        try
        {
            return await ask().WaitAsync(cancellation);
        }
        catch (Exception error) when (RedisErrors.IsExpected(error) && !cancellation.IsCancellationRequested)
        {
            throw new IOException($"Redis does not say when a log's history begins: {error.Message}", error);
        }
    }
}
