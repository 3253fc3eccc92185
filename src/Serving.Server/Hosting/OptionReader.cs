using System.Collections.Immutable;
using System.Net;
using Serving.Data;

namespace Serving.Server.Hosting;

/// <summary>
/// Makes <see cref="ServerOptions"/> of a YAML file, the environment and the command line, the later over the earlier,
/// and shows every problem at once.
/// </summary>
public static class OptionReader
{
    /// <summary>Prefix of the environment's names: <c>SERVING_HTTP_PORT</c> is <c>http-port</c>.</summary>
    public const string EnvironmentPrefix = "SERVING_";

    /// <summary>Names the folder of models; as a mapping in a file, the options of single models.</summary>
    internal const string ModelsKey = "models";

    private const string Duration = "a duration such as 500ms, 10s or 2m";
    private const string Size = "a size such as 4MiB";
    private const string Port = "a port, 0 to 65535";
    private const string Switch = "true or false";
    private const string Count = "a whole number from 1";

    private static readonly ImmutableArray<OptionRule> s_rules =
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
        new("state-user", "a name", (o, t) => o with { StateLimits = o.StateLimits with { User = t } }),
        new("state-password", "a password",
            (o, t) => o with { StateLimits = o.StateLimits with { Password = t } }, IsSecret: true),
        new("records", "a file", (o, t) => t.Length == 0 ? null : o with { Records = t }),
        new("listen", "an address such as 127.0.0.1 or 0.0.0.0",
            (o, t) => ParseAddress(t) is { } a ? o with { Listen = a } : null),
        new("http-port", Port,
            (o, t) => OptionText.TryInteger(t, out int v) && v <= 65535 ? o with { HttpPort = v } : null),
        new("grpc-port", Port,
            (o, t) => OptionText.TryInteger(t, out int v) && v <= 65535 ? o with { GrpcPort = v } : null),
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

        // What later versions fill is taken where it asks for what there is.
        new("model-control", "poll: explicit control is not offered by this version", (o, t) => t == "poll" ? o : null),
        new("admin-anonymous", "false: the admin API is not offered by this version",
            (o, t) => t is "false" or "0" ? o : null),
    ];

    private static readonly ImmutableArray<string> s_later =
    [
        "log", "log-mode", "admin-port", "tensorflow-library", "control", "keep-previous", "memory-limit",
        "load-bandwidth", "upload-limit", "canary", "gates", "log-on-full", "log-on-slow", "log-features",
        "log-encrypt",
        "log-compression", "log-segment-size", "log-retain-size", "log-retain-age", "log-key-file", "log-mask",
    ];

    // What a model may say for itself; command-line.md has the rest for later versions.
    private static readonly ImmutableArray<string> s_ofModels = ["deadline"];
    private static readonly ImmutableArray<string> s_ofModelsLater = ["by", "canary", "gates"];

    /// <summary>Names of the options that are taken.</summary>
    public static IEnumerable<string> Names => s_rules.Select(rule => rule.Name);

    /// <summary>Reads all sources.</summary>
    /// <param name="commandLine">Values by name without dashes, only those that were given; a bare switch is
    /// "true".</param>
    /// <param name="environment">Looks an environment variable up.</param>
    /// <param name="configFile">The file of <c>--config</c>, or null; else <c>SERVING_CONFIG</c>.</param>
    /// <exception cref="InputException">Something is wrong; holds all problems.</exception>
    public static ServerOptions Read(
        IReadOnlyDictionary<string, string> commandLine, Func<string, string?> environment, string? configFile)
    {
        var problems = new List<InputProblem>();
        var values = new Dictionary<string, OptionValue>(StringComparer.Ordinal);
        string? file = configFile ?? environment(EnvironmentPrefix + "CONFIG");
        if (file is not null)
        {
            AddFile(file, values, problems);
        }

        foreach (string name in s_rules.Select(rule => rule.Name).Concat(s_later))
        {
            string variable = EnvironmentPrefix + name.Replace('-', '_').ToUpperInvariant();
            if (environment(variable) is { } text)
            {
                values[name] = new OptionValue(name, text, $"environment {variable}");
            }
        }

        foreach ((string name, string text) in commandLine)
        {
            values[name] = new OptionValue(name, text, $"option --{name}");
        }

        return Apply(values.Values, problems);
    }

    private static void AddFile(string file, Dictionary<string, OptionValue> values, List<InputProblem> problems)
    {
        foreach ((OptionValue value, bool isPlain) in OptionFile.Read(file, problems))
        {
            if (!isPlain && !IsLater(value.Name))
            {
                problems.Add(new InputProblem(value.Place, "a list or a mapping", ExpectedOf(value.Name)));
            }
            else if (!values.TryAdd(value.Name, value))
            {
                problems.Add(new InputProblem(value.Place, "the key twice", "once"));
            }
        }
    }

    private static ServerOptions Apply(IEnumerable<OptionValue> values, List<InputProblem> problems)
    {
        var options = new ServerOptions { Models = "" };
        foreach (OptionValue value in values)
        {
            OptionRule? rule = RuleOf(value.Name);
            if (rule is null)
            {
                problems.Add(Unknown(value));
            }
            else if (rule.Apply(options, value.Text) is { } changed)
            {
                options = changed;
            }
            else
            {
                problems.Add(
                    new InputProblem(value.Place, Shown(rule, value.Text), rule.Expected));
            }
        }

        Check(options, problems);
        return problems.Count == 0
            ? options
            : throw new InputException([.. problems.Take(InputException.ProblemsShownMax)], problems.Count);
    }

    private static void Check(ServerOptions options, List<InputProblem> problems)
    {
        if (options.Models.Length == 0)
        {
            problems.Add(new InputProblem("option --models", "nothing", "a folder", "say --models DIR"));
        }
        else if (!Directory.Exists(options.Models))
        {
            problems.Add(new InputProblem("models", $"no folder '{options.Models}'", "a folder of models"));
        }

        if (!IPAddress.IsLoopback(options.Listen) && !options.AllowAnonymous)
        {
            problems.Add(new InputProblem(
                "listen",
                $"'{options.Listen}', which others reach",
                "a loopback address, since the server knows no callers",
                "say --allow-anonymous to serve everybody"));
        }

        if (options.HttpPort == options.GrpcPort && options.HttpPort != 0)
        {
            problems.Add(new InputProblem("http-port, grpc-port", $"{options.HttpPort} twice", "two ports"));
        }

        if (options.TlsKey is not null && options.TlsCertificate is null)
        {
            problems.Add(new InputProblem("tls-key", "a key alone", "tls-certificate beside it"));
        }
    }

    // A URL may hold a password before its '@'.
    private static string Shown(OptionRule rule, string text) =>
        rule.IsSecret || text.Contains('@', StringComparison.Ordinal) ? "a value" : $"'{text}'";

    private static InputProblem Unknown(OptionValue value)
    {
        if (IsLater(value.Name))
        {
            return new InputProblem(
                value.Place, $"'{value.Name}'", "an option that this version offers", "leave it out");
        }

        (string model, string option) = SplitModel(value.Name);
        string? nearest = OptionText.Nearest(option, model.Length > 0 ? s_ofModels : Names);
        return new InputProblem(
            value.Place, $"unknown option '{option}'", "a known option",
                nearest is null ? "" : $"did you mean '{nearest}'?");
    }

    private static OptionRule? RuleOf(string name)
    {
        (string model, string option) = SplitModel(name);
        return model.Length == 0 ? s_rules.FirstOrDefault(rule => rule.Name == name)
            : option == "deadline" ? new OptionRule(name, Duration, (o, t) => TryDeadline(t, out TimeSpan v)
                ? o with { ModelDeadlines = o.ModelDeadlines.SetItem(model, v) }
                : null)
            : null;
    }

    private static bool IsLater(string name)
    {
        (string model, string option) = SplitModel(name);
        return (model.Length > 0 ? s_ofModelsLater : s_later).Contains(option);
    }

    // `models.NAME.OPTION` of a file; a name may hold points, an option holds none.
    private static (string Model, string Option) SplitModel(string name)
    {
        const string Prefix = ModelsKey + ".";
        int last = name.LastIndexOf('.');
        return name.StartsWith(Prefix, StringComparison.Ordinal) && last >= Prefix.Length
            ? (name[Prefix.Length..last], name[(last + 1)..])
            : ("", name);
    }

    private static string ExpectedOf(string name) => RuleOf(name)?.Expected ?? "a known option with one value";

    // grpc-timeout holds 99,999,999 ms at most.
    private static bool TryDeadline(string text, out TimeSpan value) =>
        OptionText.TryDuration(text, out value)
        && value >= TimeSpan.FromMilliseconds(1) && value <= TimeSpan.FromHours(24);

    private static bool TryCount(string text, out int value) => OptionText.TryInteger(text, out value) && value > 0;

    private static IPAddress? ParseAddress(string text) =>
        text == "localhost" ? IPAddress.Loopback : IPAddress.TryParse(text, out IPAddress? address) ? address : null;

    private static Uri? ParseUrl(string text) =>
        Uri.TryCreate(text, UriKind.Absolute, out Uri? url) && url.Scheme is "http" or "https" ? url : null;

    private static bool IsLevel(string text) =>
        text is "Trace" or "Debug" or "Information" or "Warning" or "Error" or "None";
}
