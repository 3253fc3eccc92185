using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text;
using Serving.Features.Binding.Tree;
using Serving.Features.Formatting;
using Serving.Features.Syntax;

namespace Serving.Features.Comparison;

/// <summary>
/// Which features change from one script to another: a feature changes when its own expression or encoders do, or
/// anything that it reads: a let, another feature, the type of a field, a window, an event's times, the zone.
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
        var reader = new ScriptReads(script);
        var features = new Dictionary<string, FeatureText>();
        ILookup<string, DeclarationSyntax> declarations = script.Bound.Syntax.Declarations
            .Where(node => node is LetSyntax or FeatureSyntax)
            .ToLookup(node => node is LetSyntax let ? let.Name.Text : ((FeatureSyntax)node).Name.Text);
        foreach (BoundStatement statement in script.Bound.Statements)
        {
            DeclarationSyntax declaration = declarations[statement.Name].First();
            switch (statement)
            {
                case BoundLet let:
                    var syntax = (LetSyntax)declaration;
                    foreach ((Cell cell, BoundExpression value) in let.Members)
                    {
                        FeatureText text = Text(DeclarationText.Of(syntax), reader.Of(value, syntax.Value, false));
                        reader.Declare(cell, let.Name, text.Whole);
                    }

                    break;
                case BoundFeature feature:
                    Describe(feature, (FeatureSyntax)declaration, reader, features);
                    break;
                default:
                    break;
            }
        }

        return features;
    }

    private static void Describe(
        BoundFeature feature, FeatureSyntax syntax, ScriptReads reader, Dictionary<string, FeatureText> features)
    {
        foreach (BoundFeatureMember member in feature.Members)
        {
            bool readsLabel = member.Encoders.Any(encoder => encoder.NeedsLabel);
            FeatureText text = Text(DeclarationText.Of(syntax), reader.Of(member.Value, syntax.Value, readsLabel));
            features[member.Name] = text;
            foreach (Cell cell in member.Encoded.Add(member.Raw))
            {
                reader.Declare(cell, member.Name, text.Whole);
            }
        }
    }

    // The whole text stands as its hash: spelled out, a chain of lets that each read two grows beyond all memory.
    private static FeatureText Text(string own, IReadOnlyDictionary<string, string> reads)
    {
        string text = own + "\n" + string.Join('\n', reads.Values.Order(StringComparer.Ordinal));
        return new FeatureText(own, Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(text))), reads);
    }
}
