using System.Globalization;
using System.Text.Json.Nodes;
using Serving.Cli.CommandLine;
using Serving.Engine.Routing;

namespace Serving.Cli.Administration;

/// <summary>Shares and publications as people write them.</summary>
internal static class TrafficText
{
    private const string Form = "expected versions or labels with shares such as 7=95%,8=5% or shadow:9=10%";

    /// <summary>Splits such as <c>7=95%,8=5%</c> and <c>shadow:9=10%</c> as the members of a traffic act.</summary>
    /// <exception cref="UsageException">They are none, or do not come to 100 %.</exception>
    public static JsonObject Split(IEnumerable<string> texts)
    {
        const string Shadow = "shadow:";
        var split = new JsonObject();
        var shadow = new JsonObject();
        int sum = 0;
        foreach (string part in texts.SelectMany(text => text.Split(',', StringSplitOptions.TrimEntries)))
        {
            bool isShadow = part.StartsWith(Shadow, StringComparison.Ordinal);
            string[] halves = (isShadow ? part[Shadow.Length..] : part).Split('=');
            if (halves.Length != 2 || halves[0].Length == 0 || Buckets(halves[1]) is not { } buckets)
            {
                throw new UsageException($"'{part}': {Form}");
            }

            sum += isShadow ? 0 : buckets;
            if (!(isShadow ? shadow : split).TryAdd(halves[0], SharePercent.Of(buckets)))
            {
                throw new UsageException($"'{halves[0]}' stands there twice: {Form}");
            }
        }

        if (split.Count > 0 && sum != TrafficSplit.Buckets)
        {
            throw new UsageException($"the shares come to {SharePercent.Text(sum)} %, expected 100 %");
        }

        var body = new JsonObject();
        if (split.Count > 0)
        {
            body["split"] = split;
        }

        if (shadow.Count > 0)
        {
            body["shadow"] = shadow;
        }

        return body;
    }

    /// <summary>What a version is published as: <c>stable</c>, <c>canary</c>, <c>canary:5%</c>, <c>shadow:10%</c>.
    /// </summary>
    /// <exception cref="UsageException">It is none of these.</exception>
    public static JsonObject Publication(string? form, string? steps, string? hold)
    {
        var body = new JsonObject();
        string[] halves = (form ?? "canary").Split(':');
        int? share = halves.Length == 2 ? Buckets(halves[1]) : null;
        bool isForm = halves.Length <= 2 && halves[0] is "stable" or "canary" or "shadow"
            && (halves.Length == 1 || (share is not null && halves[0] != "stable"));
        if (!isForm)
        {
            throw new UsageException($"--as {form}: expected stable, canary, canary:5% or shadow:10%");
        }

        body["as"] = halves[0];
        if (share is { } held)
        {
            body["share"] = SharePercent.Of(held);
        }

        if (steps is not null)
        {
            body["steps"] = Steps(steps);
        }

        if (hold is not null)
        {
            body["hold"] = hold;
        }

        return body;
    }

    private static JsonArray Steps(string text)
    {
        var steps = new JsonArray();
        foreach (string step in text.Split(',', StringSplitOptions.TrimEntries))
        {
            steps.Add(SharePercent.Of(Buckets(step)
                ?? throw new UsageException($"--steps {text}: expected shares such as 1%,10%,100%")));
        }

        return steps;
    }

    // The sign may be left out: nobody means anything else.
    private static int? Buckets(string text)
    {
        string number = text.EndsWith('%') ? text[..^1] : text;
        return decimal.TryParse(
            number, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out decimal percent)
            && SharePercent.TryBuckets(percent, out int buckets)
                ? buckets
                : null;
    }
}
