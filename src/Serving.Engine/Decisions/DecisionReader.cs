using System.Collections.Immutable;
using System.Text;
using System.Text.Json;
using Serving.Engine.Bundles;

namespace Serving.Engine.Decisions;

/// <summary>
/// Reads <c>decision.json</c> strictly: what it does not know is refused, so that a misspelt rule is never passed over.
/// Total on hostile bytes; all problems are collected with their places. One thread.
/// </summary>
internal sealed class DecisionReader
{
    private const int BytesMax = 1 << 20;
    private const int RulesMax = 1_000;
    private const int CodeLengthMax = 64;
    private const int TextLengthMax = 1_000;
    private const string DecisionWord = "approve, review or decline";

    private static readonly JsonDocumentOptions Options = new()
    {
        MaxDepth = BundleLimits.JsonDepthMax,
        AllowDuplicateProperties = false,
    };

    private readonly DecisionFields _fields;
    private readonly BundleProblems _problems;

    private DecisionReader(BundleProblems problems)
    {
        _problems = problems;
        _fields = new DecisionFields(problems);
    }

    /// <summary>The document, or null after noting at least one problem.</summary>
    public static DecisionDocument? Read(ReadOnlyMemory<byte> utf8, BundleProblems problems)
    {
        if (utf8.Length > BytesMax)
        {
            problems.Add(DecisionDocument.FileName, $"{utf8.Length} bytes", $"at most {BytesMax}");
            return null;
        }

        try
        {
            using JsonDocument document = JsonDocument.Parse(utf8, Options);
            long before = problems.Count;
            DecisionDocument read = new DecisionReader(problems).Read(document.RootElement);
            return problems.Count == before ? read : null;
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            problems.Add(DecisionDocument.FileName, exception.Message, "JSON without repeated members");
            return null;
        }
    }

    private DecisionDocument Read(JsonElement root)
    {
        const string Place = DecisionDocument.FileName;
        if (!_fields.IsObject(
            root, Place, "format", "version", "rules", "thresholds", "costs", "otherwise", "explore", "languages",
            "fallback", "reasons"))
        {
            return new DecisionDocument();
        }

        CheckHead(root);
        if (root.TryGetProperty("thresholds", out _) && root.TryGetProperty("costs", out _))
        {
            _problems.Add(Place, "thresholds and costs", "one of them: the cheapest decision needs no threshold");
        }

        ImmutableArray<string> languages = Languages(root);
        JsonElement fallback = _fields.Member(root, Place, "fallback", JsonValueKind.Object, isRequired: false);
        return new DecisionDocument
        {
            Rules = Rules(root),
            Thresholds = Thresholds(root),
            Costs = Costs(root),
            Otherwise = root.TryGetProperty("otherwise", out _) ? DecisionOf(root, Place, "otherwise") : Decision.None,
            ExploredBuckets = ExploredBuckets(root),
            Languages = languages,
            Reasons = Reasons(root, languages),
            MissingMax = MissingMax(fallback),
            Policy = Policy(fallback),
        };
    }

    private void CheckHead(JsonElement root)
    {
        if (_fields.Text(root, DecisionDocument.FileName, "format") is { } format && format != DecisionDocument.Format)
        {
            _problems.Add($"{DecisionDocument.FileName}, format", $"'{format}'", DecisionDocument.Format);
        }

        if (_fields.Number(root, DecisionDocument.FileName, "version") is { } version
            && version != DecisionDocument.Version)
        {
            _problems.Add(
                $"{DecisionDocument.FileName}, version", $"{version}", $"{DecisionDocument.Version}",
                "a newer format needs a newer program");
        }
    }

    private ImmutableArray<DecisionRule> Rules(JsonElement root) => _fields.Items(root, "rules", RulesMax, Rule);

    private DecisionRule Rule(JsonElement rule, string place)
    {
        _fields.IsObject(rule, place, "when", "decision", "reason");
        return new DecisionRule(
            _fields.Text(rule, place, "when") ?? "", DecisionOf(rule, place, "decision"), ReasonOf(rule, place));
    }

    private ImmutableArray<DecisionThreshold> Thresholds(JsonElement root)
    {
        ImmutableArray<DecisionThreshold> found = _fields.Items(root, "thresholds", RulesMax, Threshold);
        foreach (IGrouping<double, DecisionThreshold> same in found.GroupBy(item => item.From))
        {
            if (same.Count() > 1)
            {
                _problems.Add(
                    $"{DecisionDocument.FileName}, thresholds", $"{same.Count()} from {same.Key}", "different ones");
            }
        }

        return [.. found.OrderByDescending(threshold => threshold.From)];
    }

    private DecisionThreshold Threshold(JsonElement threshold, string place)
    {
        _fields.IsObject(threshold, place, "from", "decision", "reason");
        return new DecisionThreshold(
            _fields.Number(threshold, place, "from") ?? 0, DecisionOf(threshold, place, "decision"),
            ReasonOf(threshold, place));
    }

    private ImmutableArray<DecisionCost> Costs(JsonElement root)
    {
        const string Place = DecisionDocument.FileName + ", costs";
        JsonElement costs = _fields.Member(
            root, DecisionDocument.FileName, "costs", JsonValueKind.Object, isRequired: false);
        if (costs.ValueKind != JsonValueKind.Object || !_fields.IsObject(costs, Place, "approve", "review", "decline"))
        {
            return [];
        }

        var found = ImmutableArray.CreateBuilder<DecisionCost>();
        foreach (JsonProperty cost in costs.EnumerateObject())
        {
            string place = $"{Place}, {cost.Name}";
            if (_fields.IsObject(cost.Value, place, "positive", "negative"))
            {
                found.Add(new DecisionCost(
                    DecisionWords.DecisionOf(cost.Name),
                    _fields.Text(cost.Value, place, "positive") ?? "",
                    _fields.Text(cost.Value, place, "negative") ?? ""));
            }
        }

        if (found.Count == 0)
        {
            _problems.Add(Place, "none", $"those of {DecisionWord}");
        }

        return [.. found.OrderBy(cost => cost.Decision)];
    }

    private int ExploredBuckets(JsonElement root)
    {
        const string Place = DecisionDocument.FileName;
        if (!root.TryGetProperty("explore", out _) || _fields.Number(root, Place, "explore") is not { } share)
        {
            return 0;
        }

        double buckets = Math.Round(share * DecisionDocument.Buckets);
        if (share is < 0 or > 1 || Math.Abs(buckets - (share * DecisionDocument.Buckets)) > 1e-6)
        {
            _problems.Add($"{Place}, explore", $"{share}", "a share from 0 to 1, a multiple of 0.0001");
            return 0;
        }

        return (int)buckets;
    }

    // Without a list the languages are those of the texts, in their order.
    private ImmutableArray<string> Languages(JsonElement root)
    {
        if (!root.TryGetProperty("languages", out _))
        {
            return root.TryGetProperty("reasons", out JsonElement reasons) && reasons.ValueKind == JsonValueKind.Object
                ? [.. reasons.EnumerateObject().Where(reason => reason.Value.ValueKind == JsonValueKind.Object)
                    .SelectMany(reason => reason.Value.EnumerateObject().Select(text => text.Name)).Distinct()]
                : [];
        }

        ImmutableArray<string> found = _fields.Items(root, "languages", 100, (language, place) =>
        {
            string name = language.ValueKind == JsonValueKind.String ? language.GetString()! : "";
            if (!IsLanguage(name))
            {
                _problems.Add(place, $"'{name}'", "a language such as en or pt-BR");
            }

            return name;
        });
        if (found.Distinct(StringComparer.OrdinalIgnoreCase).Count() != found.Length)
        {
            _problems.Add($"{DecisionDocument.FileName}, languages", "one of them twice", "different ones");
        }

        return found;
    }

    private ImmutableSortedDictionary<string, ImmutableSortedDictionary<string, string>> Reasons(
        JsonElement root, ImmutableArray<string> languages)
    {
        var reasons = ImmutableSortedDictionary.CreateBuilder<string, ImmutableSortedDictionary<string, string>>(
            StringComparer.Ordinal);
        JsonElement listed = _fields.Member(
            root, DecisionDocument.FileName, "reasons", JsonValueKind.Object, isRequired: false);
        if (listed.ValueKind != JsonValueKind.Object)
        {
            return reasons.ToImmutable();
        }

        foreach (JsonProperty reason in listed.EnumerateObject())
        {
            string place = $"{DecisionDocument.FileName}, reasons, '{reason.Name}'";
            CheckCode(reason.Name, place);
            if (_fields.IsObject(reason.Value, place, [.. languages]))
            {
                reasons[reason.Name] = reason.Value.EnumerateObject()
                    .ToImmutableSortedDictionary(text => text.Name, text =>
                        TextOf(text, place), StringComparer.Ordinal);
            }
        }

        return reasons.ToImmutable();
    }

    private string TextOf(JsonProperty text, string place)
    {
        string value = text.Value.ValueKind == JsonValueKind.String ? text.Value.GetString()! : "";
        if (value.Length is 0 or > TextLengthMax)
        {
            _problems.Add($"{place}, {text.Name}", $"{value.Length} characters", $"a text of 1 to {TextLengthMax}");
        }

        return value;
    }

    private double MissingMax(JsonElement fallback)
    {
        const string Place = DecisionDocument.FileName + ", fallback";
        if (fallback.ValueKind != JsonValueKind.Object || !_fields.IsObject(fallback, Place, "max_missing", "policy")
            || !fallback.TryGetProperty("max_missing", out _)
            || _fields.Number(fallback, Place, "max_missing") is not { } share)
        {
            return 1;
        }

        if (share is < 0 or > 1)
        {
            _problems.Add($"{Place}, max_missing", $"{share}", "a share from 0 to 1");
        }

        return share;
    }

    private FallbackPolicy? Policy(JsonElement fallback)
    {
        const string Place = DecisionDocument.FileName + ", fallback, policy";
        if (fallback.ValueKind != JsonValueKind.Object || !fallback.TryGetProperty("policy", out JsonElement policy)
            || !_fields.IsObject(policy, Place, "decision", "score", "reason"))
        {
            return null;
        }

        return new FallbackPolicy(
            DecisionOf(policy, Place, "decision"), _fields.Number(policy, Place, "score") ?? 0,
            ReasonOf(policy, Place));
    }

    private Decision DecisionOf(JsonElement parent, string place, string member)
    {
        string? word = _fields.Text(parent, place, member);
        Decision decision = DecisionWords.DecisionOf(word);
        if (word is not null && decision == Decision.None)
        {
            _problems.Add($"{place}, {member}", $"'{word}'", DecisionWord);
        }

        return decision;
    }

    private string? ReasonOf(JsonElement parent, string place)
    {
        if (parent.ValueKind != JsonValueKind.Object || !parent.TryGetProperty("reason", out _))
        {
            return null;
        }

        string? code = _fields.Text(parent, place, "reason");
        CheckCode(code ?? "x", $"{place}, reason");
        return code;
    }

    private void CheckCode(string code, string place)
    {
        if (code.Length is 0 or > CodeLengthMax || code.Any(char.IsControl))
        {
            _problems.Add(place, $"'{code}'", $"a code of 1 to {CodeLengthMax} characters");
        }
    }

    private static bool IsLanguage(string name) => name.Length is >= 2 and <= 35
        && Ascii.IsValid(name) && char.IsAsciiLetter(name[0])
        && name.All(character => char.IsAsciiLetterOrDigit(character) || character == '-');
}
