using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text;
using Serving.Features.Binding;
using Serving.Features.Binding.Tree;
using Serving.Features.Formatting;
using Serving.Features.Linting;
using Serving.Features.Syntax;

namespace Serving.Features.Comparison;

/// <summary>
/// Which features change from one script to another: a feature changes when its own expression or encoders do, or
/// anything that it reads: a let, another feature, the type of a field, the zone.
/// </summary>
public static class ScriptComparison
{
    /// <summary>The differences, removed and changed ones in the old script's order, added ones behind.</summary>
    public static ImmutableArray<ScriptDifference> Compare(FeatureScript old, FeatureScript current)
    {
        Dictionary<string, FeatureText> before = Describe(old);
        Dictionary<string, FeatureText> after = Describe(current);
        var differences = ImmutableArray.CreateBuilder<ScriptDifference>();
        foreach ((string name, FeatureText text) in before)
        {
            if (!after.TryGetValue(name, out FeatureText? other))
            {
                differences.Add(new ScriptDifference(name, "removed", "", text.Own, ""));
            }
            else if (text.Whole != other.Whole)
            {
                differences.Add(new ScriptDifference(name, "changed", Why(text, other), text.Own, other.Own));
            }
        }

        differences.AddRange(after.Where(pair => !before.ContainsKey(pair.Key))
            .Select(pair => new ScriptDifference(pair.Key, "added", "", "", pair.Value.Own)));
        return differences.ToImmutable();
    }

    private static string Why(FeatureText old, FeatureText current)
    {
        if (old.Own != current.Own)
        {
            return "its own text";
        }

        string[] causes = [.. current.Reads
            .Where(pair => old.Reads.GetValueOrDefault(pair.Key) != pair.Value).Select(pair => pair.Key)];
        return "it reads " + string.Join(", ", causes);
    }

    private static Dictionary<string, FeatureText> Describe(FeatureScript script)
    {
        // Whole text of every name so far; a script uses a name only after its declaration.
        var whole = script.Bound.Request.Fields.ToDictionary(
            field => field.Name, field => $"{field.Name}: {field.Type}");
        var features = new Dictionary<string, FeatureText>();
        ILookup<string, BoundFeature> bound = script.Bound.Features.ToLookup(feature => feature.Name);
        foreach (DeclarationSyntax declaration in script.Bound.Syntax.Declarations)
        {
            switch (declaration)
            {
                case LetSyntax let:
                    whole[let.Name.Text] = Text(
                        script, DeclarationText.Of(let), let.Value, whole, readsLabel: false).Whole;
                    break;
                case FeatureSyntax feature:
                    bool readsLabel = bound[feature.Name.Text].SelectMany(item => item.Members)
                        .Any(member => member.Encoders.Any(encoder => encoder.NeedsLabel));
                    FeatureText text = Text(
                        script, DeclarationText.Of(feature), feature.Value, whole, readsLabel);
                    whole[feature.Name.Text] = text.Whole;
                    foreach (BoundFeatureMember member in bound[feature.Name.Text].SelectMany(item => item.Members))
                    {
                        whole[member.Name] = text.Whole;
                        features[member.Name] = text;
                    }

                    break;
                default:
                    break;
            }
        }

        return features;
    }

    // The whole text stands as its hash: spelled out, a chain of lets that each read two grows beyond all memory.
    private static FeatureText Text(
        FeatureScript script, string own, ExpressionSyntax value, Dictionary<string, string> whole, bool readsLabel)
    {
        Dictionary<string, string> reads = References.In(value).Distinct(StringComparer.Ordinal)
            .ToDictionary(name => name, name => whole.GetValueOrDefault(BaseOf(name, whole), name));
        if (ReadsZone(value))
        {
            reads["the zone"] = script.Bound.Syntax.Zone?.Text ?? "UTC";
        }

        LabelSyntax? label = script.Bound.Syntax.Declarations.OfType<LabelSyntax>().FirstOrDefault();
        if (readsLabel && label is not null)
        {
            reads["the label"] = DeclarationText.Of(label);
        }

        string text = own + "\n" + string.Join('\n', reads.Values.Order(StringComparer.Ordinal));
        return new FeatureText(own, Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(text))), reads);
    }

    // The zone of the head counts in calendar calls that name none (R58), and in years_between (R61).
    private static bool ReadsZone(ExpressionSyntax value) =>
        SyntaxChildren.WithDescendants(value).OfType<CallSyntax>().Any(call => call.Function.Text switch
        {
            "hour" or "weekday" or "day" or "month" => call.Arguments.Length == 1,
            "years_between" => true,
            _ => false,
        });

    // A name with a size stands for its feature.
    private static string BaseOf(string name, Dictionary<string, string> whole)
    {
        int size = name.LastIndexOf("_q", StringComparison.Ordinal);
        return whole.ContainsKey(name) || size < 0 ? name : name[..size];
    }
}
