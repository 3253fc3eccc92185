using System.Collections.Immutable;
using Serving.Data.Time;
using Serving.Engine.Predictions.Log;

namespace Serving.Server.Hosting;

/// <summary>How each plain option of the prediction log is read.</summary>
internal static class LogOptionRules
{
    private const string Size = "a size such as 256MiB";

    /// <summary>All of them.</summary>
    public static ImmutableArray<OptionRule> All { get; } =
    [
        new("log", "a folder", (o, t) => t.Length == 0 ? null : o with { Log = t }),
        OneOf("log-mode", "relaxed", "strict", (o, isSecond) => o with { IsStrict = isSecond }),
        OneOf("log-on-full", "refuse", "count", (o, isSecond) => o with { CountsWhenFull = isSecond }),
        OneOf("log-on-slow", "refuse", "relaxed", (o, isSecond) => o with { RelaxesWhenSlow = isSecond }),
        OneOf("log-features", "values", "hash", (o, isSecond) => o with { HashesFeatures = isSecond }),
        OneOf("log-encrypt", "none", "aes-gcm", (o, isSecond) => o with { Encrypts = isSecond }),
        OneOf("log-compression", "none", "zstd", (o, isSecond) => o with { Compresses = isSecond }),
        new("log-segment-size", $"{Size}, at most 1GiB",
            (o, t) => OptionText.TryLongSize(t, out long v) && v is >= 4096 and <= 1L << 30
                ? o with { LogOptions = o.LogOptions with { SegmentBytes = v } }
                : null),
        new("log-retain-size", Size,
            (o, t) => OptionText.TryLongSize(t, out long v) && v > 0
                ? o with { LogOptions = o.LogOptions with { RetainBytes = v } }
                : null),
        new("log-retain-age", "a duration such as 400d",
            (o, t) => DurationText.TryParse(t, out TimeSpan v) && v > TimeSpan.Zero
                ? o with { LogOptions = o.LogOptions with { RetainAge = v } }
                : null),
        new("log-key-file", "a file", (o, t) => File.Exists(t) ? o with { LogKeyFile = t } : null),
        new("log-key", "a line 'ID BASE64'", (o, t) => o with { LogKey = t }, IsSecret: true),
    ];

    private static OptionRule OneOf(
        string name, string first, string second, Func<LogOptions, bool, LogOptions> apply) =>
        new(name, $"{first} or {second}", (o, t) => t == first || t == second
            ? o with { LogOptions = apply(o.LogOptions, t == second) }
            : null);
}
