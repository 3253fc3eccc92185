using System.Collections.Immutable;
using System.Globalization;
using Serving.Engine.Routing;
using Serving.Engine.Routing.Acts;
using Serving.Engine.Routing.Gates;
using Serving.Server.Hosting;

namespace Serving.Server.Admin;

/// <summary>What the bodies of acts say; what is wrong is noted in the body.</summary>
internal static class ActBodies
{
    private const string Version = "a version, a whole number from 1";
    private const string Share = "a share in percent, 0 to 100 with at most two decimals";

    /// <summary>The shares of a traffic act.</summary>
    public static TrafficRequest Traffic(AdminBody body)
    {
        OptionProblems problems = body.Problems;
        IReadOnlyDictionary<string, OptionNode> members = Members(body, "split", "shadow", "by");
        if (members.Count == 0 && !body.IsWrong)
        {
            problems.Add(body.Root with { Text = "nothing", Members = null }, "split, shadow or by");
        }

        string? by = null;
        if (members.GetValueOrDefault("by") is { } field)
        {
            bool isField = field.IsNull || (field.Text is { Length: > 0 } && !field.IsNumber);
            by = field.IsNull ? "" : field.Text;
            if (!isField)
            {
                problems.Add(field, "the name of a request's field, or null");
            }
        }

        return new TrafficRequest(
            Shares(members.GetValueOrDefault("split"), problems), Shares(members.GetValueOrDefault("shadow"), problems),
            by);
    }

    /// <summary>A publication.</summary>
    public static PublishRequest Publish(AdminBody body)
    {
        OptionProblems problems = body.Problems;
        IReadOnlyDictionary<string, OptionNode> members =
            Members(body, "version", "as", "share", "steps", "hold", "gates");
        long version = NumberOf(members.GetValueOrDefault("version"), problems);
        if (version == 0 && !members.ContainsKey("version"))
        {
            problems.Add(new OptionNode("version", "member 'version'") { Text = "nothing" }, Version);
        }

        PublicationKind kind = KindOf(members.GetValueOrDefault("as"), problems);
        int? share = members.GetValueOrDefault("share") is { } node ? ShareOf(node, problems) : null;
        if (share is not null && kind == PublicationKind.Stable)
        {
            problems.Add(members["share"], "no share of a version that is published as stable");
        }

        ImmutableArray<int>? steps = members.GetValueOrDefault("steps") is { } list
            ? CanaryReader.ReadSteps(list, problems)
            : null;
        TimeSpan? hold = members.GetValueOrDefault("hold") is { } time
            ? problems.Value(time, OptionRules.Duration, CanaryReader.ReadHold)
            : null;
        Func<GateOptions, GateOptions>? gates = members.GetValueOrDefault("gates") is { } change
            ? GateReader.Read(change, problems)
            : null;
        return new PublishRequest(version, kind, share, steps, hold, gates);
    }

    /// <summary>The one version that a body may name; 0 where it names none.</summary>
    public static long OneVersion(AdminBody body, string name) =>
        NumberOf(Members(body, name).GetValueOrDefault(name), body.Problems);

    private static IReadOnlyDictionary<string, OptionNode> Members(AdminBody body, params string[] known) =>
        body.Problems.Members(body.Root, "a JSON object", known) ?? ImmutableDictionary<string, OptionNode>.Empty;

    private static long NumberOf(OptionNode? node, OptionProblems problems)
    {
        if (node is null)
        {
            return 0;
        }

        bool isNumber = long.TryParse(node.Text, NumberStyles.None, CultureInfo.InvariantCulture, out long number);
        if (!isNumber || !node.IsNumber || number < 1)
        {
            problems.Add(node, Version);
            return 0;
        }

        return number;
    }

    private static int? ShareOf(OptionNode node, OptionProblems problems)
    {
        int? share = node.IsNumber ? CanaryReader.ReadShare(node) : null;
        if (share is null)
        {
            problems.Add(node, Share);
        }

        return share;
    }

    private static PublicationKind KindOf(OptionNode? node, OptionProblems problems)
    {
        switch (node?.Text)
        {
            case null when node is null:
            case "canary":
                return PublicationKind.Canary;
            case "stable":
                return PublicationKind.Stable;
            case "shadow":
                return PublicationKind.Shadow;
            default:
                problems.Add(node, "stable, canary or shadow");
                return PublicationKind.Canary;
        }
    }

    private static ImmutableSortedDictionary<string, int>? Shares(OptionNode? node, OptionProblems problems)
    {
        if (node is null)
        {
            return null;
        }

        if (node.Members is not { } members)
        {
            problems.Add(node, "an object of versions or labels and shares, such as {\"7\": 95, \"8\": 5}");
            return null;
        }

        var shares = ImmutableSortedDictionary.CreateBuilder<string, int>(StringComparer.Ordinal);
        foreach ((string key, OptionNode value) in members)
        {
            if (ShareOf(value, problems) is { } share)
            {
                shares[key] = share;
            }
        }

        return shares.ToImmutable();
    }
}
