using StackExchange.Redis;

namespace Serving.State.Redis;

/// <summary>Tells errors that the server answered from links that broke (hardening.md 101).</summary>
internal static class RedisErrors
{
    /// <summary>
    /// The kind of a failed command: what the server answered, Timeout or ConnectionFault where it did not. A command
    /// that was not even written counts as a broken link.
    /// </summary>
    public static RedisErrorKind KindOf(Task task)
    {
        Exception? error = task.Exception?.InnerException;
        return error switch
        {
            null => RedisErrorKind.Timeout,
            RedisServerException server => server.Kind,
            RedisTimeoutException or TimeoutException => RedisErrorKind.Timeout,
            RedisConnectionException or ObjectDisposedException => RedisErrorKind.ConnectionFault,
            RedisCommandException => RedisErrorKind.NotPermitted,
            _ => RedisErrorKind.ConnectionFault,
        };
    }

    /// <summary>Whether an exception is what a command may end with, not a bug of ours.</summary>
    public static bool IsExpected(Exception error) => error is RedisException or RedisCommandException
        or TimeoutException or ObjectDisposedException or OperationCanceledException;

    /// <summary>Whether the server answered at all.</summary>
    public static bool IsAnswer(RedisErrorKind kind) =>
        kind is not (RedisErrorKind.Timeout or RedisErrorKind.ConnectionFault);

    /// <summary>Whether asking once more may help at once.</summary>
    public static bool IsWorthRepeating(RedisErrorKind kind) => kind is RedisErrorKind.Moved or RedisErrorKind.Ask
        or RedisErrorKind.TryAgain or RedisErrorKind.ClusterDown or RedisErrorKind.ReadOnly or RedisErrorKind.Loading
        or RedisErrorKind.MasterDown or RedisErrorKind.OutOfMemory or RedisErrorKind.Busy or RedisErrorKind.NoAuth
        or RedisErrorKind.NoPermission or RedisErrorKind.NoScript or RedisErrorKind.ExecAbort
        or RedisErrorKind.Misconfigured or RedisErrorKind.NoReplicas or RedisErrorKind.UnknownRedirectTarget;

    /// <summary>Whether the slots may have other owners than we think.</summary>
    public static bool IsTopology(RedisErrorKind kind) => kind is RedisErrorKind.Moved or RedisErrorKind.Ask
        or RedisErrorKind.ClusterDown or RedisErrorKind.ReadOnly or RedisErrorKind.NotPermitted
        or RedisErrorKind.CrossSlot or RedisErrorKind.UnknownRedirectTarget;

    /// <summary>Whether a server that answers so is not there yet, or no more.</summary>
    public static bool IsAway(RedisErrorKind kind) => !IsAnswer(kind) || kind is RedisErrorKind.Loading
        or RedisErrorKind.MasterDown or RedisErrorKind.ClusterDown;

    /// <summary>Redis's own code for a kind.</summary>
    public static string CodeOf(RedisErrorKind kind) => kind switch
    {
        RedisErrorKind.OutOfMemory => "OOM",
        RedisErrorKind.NoPermission => "NOPERM",
        RedisErrorKind.Misconfigured => "MISCONF",
        RedisErrorKind.Unknown or RedisErrorKind.UnknownError or RedisErrorKind.None => "ERR",
        _ => kind.ToString().ToUpperInvariant(),
    };

    /// <summary>Marks what a task may fail with as seen: nobody waits for it any more.</summary>
    public static void Forget(Task? task)
    {
        if (task is { IsCompletedSuccessfully: false })
        {
            _ = task.ContinueWith(
                static done => _ = done.Exception, CancellationToken.None,
                TaskContinuationOptions.OnlyOnFaulted | TaskContinuationOptions.ExecuteSynchronously,
                TaskScheduler.Default);
        }
    }
}
