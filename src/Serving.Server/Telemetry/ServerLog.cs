using Microsoft.Extensions.Logging;

namespace Serving.Server.Telemetry;

/// <summary>Every line that the server logs, with stable event ids.</summary>
internal static partial class ServerLog
{
    [LoggerMessage(1, LogLevel.Error, "error {ErrorId} in {Place}")]
    public static partial void Fault(this ILogger logger, Exception? exception, string errorId, string place);

    [LoggerMessage(2, LogLevel.Debug, "refused {Code}: {Reason}")]
    public static partial void Refused(this ILogger logger, string code, string reason);

    [LoggerMessage(3, LogLevel.Information, "warm after {Calls} calls in {Elapsed}")]
    public static partial void Warm(this ILogger logger, long calls, TimeSpan elapsed);

    [LoggerMessage(4, LogLevel.Warning, "the warm-up through the wire ended early: {Reason}")]
    public static partial void WarmUpEnded(this ILogger logger, string reason);

    [LoggerMessage(5, LogLevel.Information, "stopping: not ready any more, requests are taken for {Delay}")]
    public static partial void Draining(this ILogger logger, TimeSpan delay);

    [LoggerMessage(7, LogLevel.Warning, "state is in memory and goes with the process: --state DIR or "
        + "redis://HOST:PORT keeps what windows have learned")]
    public static partial void StateIsMemory(this ILogger logger);

    [LoggerMessage(8, LogLevel.Warning, "state: {Warning}")]
    public static partial void StateWarning(this ILogger logger, string warning);

    [LoggerMessage(20, LogLevel.Error, "prediction log: a segment was sealed behind an error: {Error}; answers are "
        + "refused or lost now: {IsRefusing}")]
    public static partial void LogFails(this ILogger logger, string error, bool isRefusing);

    [LoggerMessage(21, LogLevel.Warning, "prediction log: it takes records again")]
    public static partial void LogTakes(this ILogger logger);

    [LoggerMessage(22, LogLevel.Error, "prediction log: {Count} answers were sent without a record, {Total} since the "
        + "start")]
    public static partial void LogLost(this ILogger logger, long count, long total);

    [LoggerMessage(23, LogLevel.Warning, "prediction log: {Count} answers did not wait any longer for the disk; the "
        + "last sync took {Milliseconds} ms")]
    public static partial void LogSlow(this ILogger logger, long count, long milliseconds);

    [LoggerMessage(24, LogLevel.Warning, "prediction log: retention dropped {Count} segments")]
    public static partial void LogDropped(this ILogger logger, long count);

    [LoggerMessage(25, LogLevel.Warning, "prediction log: {Bytes} bytes, retention drops the oldest segments soon")]
    public static partial void LogNearRetention(this ILogger logger, long bytes);

    [LoggerMessage(26, LogLevel.Information, "prediction log: key {Name} writes")]
    public static partial void LogKeysRead(this ILogger logger, string name);

    [LoggerMessage(27, LogLevel.Error, "prediction log: the key file cannot be read, the keys that were known go on: "
        + "{Reason}")]
    public static partial void LogKeysUnreadable(this ILogger logger, string reason);

    [LoggerMessage(9, LogLevel.Error, "the tokens of the admin API cannot be read, those that were known still hold: "
        + "{Reason}")]
    public static partial void TokensUnreadable(this ILogger logger, string reason);

    [LoggerMessage(10, LogLevel.Warning, "control folder: {Warning}")]
    public static partial void ControlWarning(this ILogger logger, string warning);

    [LoggerMessage(11, LogLevel.Warning, "the admin API listens on loopback alone, since it has no tokens: serving "
        + "token create --role admin --name NAME --control DIR")]
    public static partial void AdminIsLocal(this ILogger logger);

    [LoggerMessage(12, LogLevel.Information, "worker {Process} of model {Model} version {Version} is ready after "
        + "{Elapsed}")]
    public static partial void WorkerReady(
        this ILogger logger, int process, string model, long version, TimeSpan elapsed);

    [LoggerMessage(13, LogLevel.Error, "worker {Process} of model {Model} version {Version} is gone: {Why}; calls "
        + "under way: {Lost}")]
    public static partial void WorkerDied(
        this ILogger logger, int process, string model, long version, string why, int lost);

    [LoggerMessage(6, LogLevel.Information, "model {Model} version {Version} is {State} {Reason}")]
    public static partial void VersionChanged(
        this ILogger logger, string model, long version, string state, string reason);
}
