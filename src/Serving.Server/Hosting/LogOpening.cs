using System.Text.Json;
using Serving.Data;
using Serving.Engine.Predictions.Log;

namespace Serving.Server.Hosting;

/// <summary>Opens the prediction log that the options name.</summary>
internal static class LogOpening
{
    // Of a request's own deadline so much may go by in waiting for the disk.
    private const double ShareOfDeadline = 0.8;
    private const string Manifest = "manifest.json";

    // Where the model's own deadline decides it is the request's context that says how long its answer may wait.
    private static readonly TimeSpan s_deadline = TimeSpan.FromSeconds(1);

    /// <summary>Opens the log; null without one.</summary>
    /// <exception cref="InputException">A key is missing or none.</exception>
    /// <exception cref="IOException">The folder is held by another process, or cannot be written.</exception>
    public static PredictionLog? Open(ServerOptions options, TimeProvider time)
    {
        if (options.Log is null)
        {
            return null;
        }

        LogOptions log = options.LogOptions with
        {
            Keys = ReadKeys(options),
            Patience = (options.Deadline ?? s_deadline) * ShareOfDeadline,
            SplitFields = options.LogOptions.SplitFields.SetItems(options.ModelTraffic
                .Where(pair => pair.Value.By is { Length: > 0 })
                .Select(pair => KeyValuePair.Create(pair.Key, pair.Value.By!))),
        };
        if (log.Keys is null && (log.Encrypts || !log.Masks.IsEmpty))
        {
            throw new InputException(new InputProblem(
                log.Encrypts ? "log-encrypt" : LogMaskReader.Name,
                "no key",
                "log-key-file: FILE, or SERVING_LOG_KEY",
                "lines 'ID BASE64' of 32-byte keys; the last one writes"));
        }

        if (log.IsStrict && log.CountsWhenFull)
        {
            throw new InputException(new InputProblem(
                "log-on-full", "count with log-mode strict", "refuse, or log-mode relaxed"));
        }

        if (log.Keys is null && MaskedBundle(options.Models) is { } manifest)
        {
            throw new InputException(new InputProblem(
                manifest, "masked fields", "log-key-file: FILE, or SERVING_LOG_KEY",
                "a bundle's masks need a key; start without --log, or give one"));
        }

        return PredictionLog.Open(options.Log, log, time);
    }

    // Bundles that are damaged are told elsewhere.
    private static string? MaskedBundle(string models) => Directory.EnumerateDirectories(models)
        .Where(folder => !Path.GetFileName(folder).StartsWith('.'))
        .SelectMany(Directory.EnumerateDirectories)
        .Select(folder => Path.Combine(folder, Manifest))
        .FirstOrDefault(HasMasks);

    private static bool HasMasks(string manifest)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(File.ReadAllBytes(manifest));
            return document.RootElement.ValueKind == JsonValueKind.Object
                && document.RootElement.TryGetProperty("masked", out JsonElement masked)
                && masked.ValueKind == JsonValueKind.Array && masked.GetArrayLength() > 0;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or JsonException)
        {
            return false;
        }
    }

    /// <summary>The keys that the configuration names; null without any.</summary>
    /// <exception cref="InputException">A line is no key.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be read.</exception>
    public static LogKeys? ReadKeys(ServerOptions options)
    {
        string file = options.LogKeyFile is null ? "" : File.ReadAllText(options.LogKeyFile);
        string text = $"{file}\n{options.LogKey}";
        return options.LogKeyFile is null && options.LogKey is null
            ? null
            : LogKeys.Parse(text, options.LogKeyFile ?? "SERVING_LOG_KEY");
    }
}
