using System.Collections.Immutable;
using System.Net;

namespace Serving.Server.Hosting;

/// <summary>How each option that has one plain value is read.</summary>
internal static class OptionRules
{
    /// <summary>Names the folder of models; as a mapping in a file, the options of single models.</summary>
    public const string ModelsKey = "models";

    /// <summary>What a duration looks like.</summary>
    public const string Duration = "a duration such as 500ms, 10s or 2m";

    private const string Size = "a size such as 4MiB";
    private const string Port = "a port, 0 to 65535";
    private const string Switch = "true or false";
    private const string Count = "a whole number from 1";

    /// <summary>All of them.</summary>
    public static ImmutableArray<OptionRule> All { get; } =
    [
        new(ModelsKey, "a folder, or in a file a mapping of model names",
            (o, t) => t.Length == 0 ? null : o with { Models = t }),
        new("state", StateLocation.Expected,
            (o, t) => StateLocation.Parse(t) is { } s ? o with { State = s } : null),
        new("state-timeout", Duration,
            (o, t) => TryDeadline(t, out TimeSpan v)
                ? o with { StateLimits = o.StateLimits with { Budget = v } }
                : null),
        new("state-queue-limit", Count,
            (o, t) => TryCount(t, out int v) ? o with { StateLimits = o.StateLimits with { QueueMax = v } } : null),
        new("state-decoded-limit", "0, or a size from 64KiB to 64GiB such as 64MiB",
            (o, t) => OptionText.TryLongSize(t, out long v) && IsImageSize(v)
                ? o with { StateLimits = o.StateLimits with { ImageBytes = v } }
                : null),
        new("state-user", "a name", (o, t) => o with { StateLimits = o.StateLimits with { User = t } }),
        new("state-password", "a password",
            (o, t) => o with { StateLimits = o.StateLimits with { Password = t } }, IsSecret: true),
        new(
            "tensorflow-library",
            "TensorFlow's library or its folder",
            (o, t) => t.Length == 0 ? null : o with { TensorFlowLibrary = t }),
        new("records", "a file", (o, t) => t.Length == 0 ? null : o with { Records = t }),
        new("listen", "an address such as 127.0.0.1 or 0.0.0.0",
            (o, t) => ParseAddress(t) is { } a ? o with { Listen = a } : null),
        new("http-port", Port, (o, t) => TryPort(t, out int v) ? o with { HttpPort = v } : null),
        new("grpc-port", Port, (o, t) => TryPort(t, out int v) ? o with { GrpcPort = v } : null),
        new("admin-port", Port, (o, t) => TryPort(t, out int v) ? o with { AdminPort = v } : null),
        new("admin-anonymous", Switch,
            (o, t) => OptionText.TrySwitch(t, out bool v) ? o with { AdminAnonymous = v } : null),
        new("allow-anonymous", Switch,
            (o, t) => OptionText.TrySwitch(t, out bool v) ? o with { AllowAnonymous = v } : null),
        new("warm-up", Duration, (o, t) => OptionText.TryDuration(t, out TimeSpan v) ? o with { WarmUp = v } : null),
        new("deadline", Duration, (o, t) => TryDeadline(t, out TimeSpan v) ? o with { Deadline = v } : null),
        new("batch-deadline", Duration, (o, t) => TryDeadline(t, out TimeSpan v) ? o with { BatchDeadline = v } : null),
        new("message-limit", Size,
            (o, t) => OptionText.TrySize(t, out int v) && v > 0 ? o with { MessageSizeMax = v } : null),
        new("rows-limit", Count, (o, t) => TryCount(t, out int v) ? o with { RowsMax = v } : null),
        new("concurrency-limit", Count, (o, t) => TryCount(t, out int v) ? o with { ConcurrencyMax = v } : null),
        new("queue-limit", "a whole number",
            (o, t) => OptionText.TryInteger(t, out int v) ? o with { QueueMax = v } : null),
        new("connection-limit", Count, (o, t) => TryCount(t, out int v) ? o with { ConnectionsMax = v } : null),
        new("drain-delay", Duration,
            (o, t) => OptionText.TryDuration(t, out TimeSpan v) ? o with { DrainDelay = v } : null),
        new("drain-timeout", Duration,
            (o, t) => OptionText.TryDuration(t, out TimeSpan v) ? o with { DrainTimeout = v } : null),
        new("tls-certificate", "a file", (o, t) => File.Exists(t) ? o with { TlsCertificate = t } : null),
        new("tls-key", "a file", (o, t) => File.Exists(t) ? o with { TlsKey = t } : null),
        new("tls-password", "a password", (o, t) => o with { TlsPassword = t }, IsSecret: true),
        new("reflection", Switch, (o, t) => OptionText.TrySwitch(t, out bool v) ? o with { Reflection = v } : null),
        new("api-page", Switch, (o, t) => OptionText.TrySwitch(t, out bool v) ? o with { ApiPage = v } : null),
        new("drift", Switch, (o, t) => OptionText.TrySwitch(t, out bool v) ? o with { Drift = v } : null),
        new("otlp-endpoint", "a URL", (o, t) => ParseUrl(t) is { } u ? o with { OtlpEndpoint = u } : null),
        new("log-level", "Trace, Debug, Information, Warning, Error or None",
            (o, t) => IsLevel(t) ? o with { LogLevel = t } : null),
        new("model-control", "poll or explicit",
            (o, t) => t is "poll" or "explicit" ? o with { LoadsNamedOnly = t == "explicit" } : null),
        new("control", "a folder", (o, t) => t.Length == 0 ? null : o with { Control = t }),
        new("keep-previous", Duration,
            (o, t) => OptionText.TryDuration(t, out TimeSpan v) ? o with { KeepPrevious = v } : null),
        new("memory-limit", "a share such as 90%, or a size such as 4GiB",
            (o, t) => MemoryLimit.Parse(t) is { } m ? o with { MemoryLimit = m } : null),
        new("load-bandwidth", "a size such as 100MB, a second",
            (o, t) => OptionText.TryLongSize(t, out long v) && v > 0 ? o with { LoadBandwidth = v } : null),
        new("upload-limit", "a size such as 2GiB",
            (o, t) => OptionText.TryLongSize(t, out long v) && v > 0 ? o with { UploadLimit = v } : null),
        .. LogOptionRules.All,
    ];

    /// <summary>A deadline: grpc-timeout holds 99,999,999 ms at most.</summary>
    public static bool TryDeadline(string text, out TimeSpan value) =>
        OptionText.TryDuration(text, out value)
        && value >= TimeSpan.FromMilliseconds(1) && value <= TimeSpan.FromHours(24);

    private static bool IsImageSize(long bytes) =>
        bytes == 0 || bytes is >= 64 << 10 and <= Serving.State.Windows.ImagePool.BytesMax;

    private static bool TryPort(string text, out int value) =>
        OptionText.TryInteger(text, out value) && value <= IPEndPoint.MaxPort;

    private static bool TryCount(string text, out int value) => OptionText.TryInteger(text, out value) && value > 0;

    private static IPAddress? ParseAddress(string text) =>
        text == "localhost" ? IPAddress.Loopback : IPAddress.TryParse(text, out IPAddress? address) ? address : null;

    private static Uri? ParseUrl(string text) =>
        Uri.TryCreate(text, UriKind.Absolute, out Uri? url) && url.Scheme is "http" or "https" ? url : null;

    private static bool IsLevel(string text) =>
        text is "Trace" or "Debug" or "Information" or "Warning" or "Error" or "None";
}
