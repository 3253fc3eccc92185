using System.Globalization;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Serving.Protocol.V1;

namespace Serving.Cli.Demonstration;

/// <summary>What came back. Safe for use by several threads.</summary>
internal sealed partial class DemoStatistics
{
    private const int AlertCount = 5;

    private readonly Lock _lock = new();
    private readonly List<double> _milliseconds = [];
    private readonly List<(double Score, string Id)> _alerts = [];
    private readonly SortedDictionary<long, int> _versions = [];
    private readonly SortedDictionary<string, int> _decisions = new(StringComparer.Ordinal);
    private readonly SortedDictionary<string, int> _steps = new(StringComparer.Ordinal);
    private readonly int[] _scores = new int[10];

    public int Requests { get; private set; }

    public int Errors { get; private set; }

    public string? FirstError { get; private set; }

    public TimeSpan Elapsed { get; set; }

    /// <summary>Earlier events that the server's windows learned before the requests.</summary>
    public int Learned { get; set; }

    /// <summary>What became of the versions of <c>--canary</c>; null without it.</summary>
    public JsonArray? Canary { get; set; }

    /// <summary>Window values of the answer shown last; empty where no window is read.</summary>
    public string Example { get; private set; } = "";

    public void Add(double milliseconds, ScoreResponse answer, string id)
    {
        double score = answer.Score;
        lock (_lock)
        {
            Requests++;
            _milliseconds.Add(milliseconds);
            _versions[answer.Version] = _versions.GetValueOrDefault(answer.Version) + 1;
            _steps[answer.Step] = _steps.GetValueOrDefault(answer.Step) + 1;
            if (answer.Decision.Length > 0)
            {
                _decisions[answer.Decision] = _decisions.GetValueOrDefault(answer.Decision) + 1;
            }

            _scores[Math.Clamp((int)(score * 10), 0, 9)]++;
            if (!_alerts.Exists(alert => alert.Id == id))
            {
                _alerts.Add((score, id));
                _alerts.Sort((left, right) => right.Score.CompareTo(left.Score));
                _alerts.RemoveRange(Math.Min(AlertCount, _alerts.Count), Math.Max(0, _alerts.Count - AlertCount));
            }
        }
    }

    /// <summary>Keeps the window values of an answer: the features whose name ends in a span.</summary>
    public void Show(string id, IDictionary<string, Value> features)
    {
        string[] shown = [.. features.Where(pair => SpanSuffix().IsMatch(pair.Key))
            .Where(pair => pair.Value.KindCase != Value.KindOneofCase.None)
            .OrderBy(pair => pair.Key, StringComparer.Ordinal).Take(6)
            .Select(pair => string.Create(CultureInfo.InvariantCulture, $"{pair.Key} {TextOf(pair.Value)}"))];
        lock (_lock)
        {
            Example = $"{id}: {string.Join(", ", shown)}";
        }
    }

    public void AddError(string message)
    {
        lock (_lock)
        {
            Requests++;
            Errors++;
            FirstError ??= message;
        }
    }

    /// <summary>A percentile of the latency in ms, from the time a request was due; 0 without any.</summary>
    public double Percentile(double percent)
    {
        lock (_lock)
        {
            if (_milliseconds.Count == 0)
            {
                return 0;
            }

            double[] sorted = [.. _milliseconds.Order()];
            int rank = (int)Math.Ceiling(percent / 100 * sorted.Length) - 1;
            return sorted[Math.Clamp(rank, 0, sorted.Length - 1)];
        }
    }

    /// <summary>Scores in ten bars, versions and greatest scores, for the table.</summary>
    public (string Scores, string Versions, string Alerts) Describe()
    {
        lock (_lock)
        {
            return (
                string.Join(' ', _scores),
                string.Join(", ", _versions.Select(pair => $"{pair.Key}: {pair.Value}")),
                string.Join(", ", _alerts.Select(alert =>
                    string.Create(CultureInfo.InvariantCulture, $"{alert.Id} {alert.Score:F3}"))));
        }
    }

    /// <summary>Decisions and the steps that gave them, for the table; empty where nothing was decided.</summary>
    public string DescribeDecisions()
    {
        lock (_lock)
        {
            return _decisions.Count == 0 ? "" : $"{TextOf(_decisions)}  by steps {TextOf(_steps)}";
        }
    }

    private static string TextOf(SortedDictionary<string, int> counts) =>
        string.Join(", ", counts.Select(pair => $"{pair.Key}: {pair.Value}"));

    private static JsonObject JsonOf(SortedDictionary<string, int> counts) =>
        new(counts.Select(pair => KeyValuePair.Create(pair.Key, (JsonNode?)JsonValue.Create(pair.Value))));

    private static string TextOf(Value value) => value.KindCase switch
    {
        Value.KindOneofCase.BoolValue => value.BoolValue ? "true" : "false",
        Value.KindOneofCase.IntValue => value.IntValue.ToString(CultureInfo.InvariantCulture),
        Value.KindOneofCase.FloatValue => value.FloatValue.ToString("G4", CultureInfo.InvariantCulture),
        _ => value.StringValue,
    };

    [GeneratedRegex("_[0-9]+(ms|s|m|h|d)$", RegexOptions.ExplicitCapture | RegexOptions.NonBacktracking)]
    private static partial Regex SpanSuffix();

    public JsonObject ToJson(string model)
    {
        JsonObject document = new()
        {
            ["model"] = model,
            ["requests"] = Requests,
            ["errors"] = Errors,
            ["seconds"] = Math.Round(Elapsed.TotalSeconds, 3),
            ["p50_ms"] = Percentile(50),
            ["p90_ms"] = Percentile(90),
            ["p99_ms"] = Percentile(99),
            ["p999_ms"] = Percentile(99.9),
        };
        if (Learned > 0)
        {
            document["learned"] = Learned;
            document["windows"] = Example;
        }

        if (Canary is not null)
        {
            document["canary"] = Canary;
        }

        if (FirstError is not null)
        {
            document["first_error"] = FirstError;
        }

        lock (_lock)
        {
            document["versions"] = new JsonObject(_versions.Select(pair =>
                KeyValuePair.Create($"{pair.Key}", (JsonNode?)JsonValue.Create(pair.Value))));
            document["steps"] = JsonOf(_steps);
            document["decisions"] = JsonOf(_decisions);
            document["alerts"] = new JsonArray([.. _alerts.Select(alert => (JsonNode?)new JsonObject
            {
                ["id"] = alert.Id,
                ["score"] = alert.Score,
            })]);
        }

        return document;
    }
}
