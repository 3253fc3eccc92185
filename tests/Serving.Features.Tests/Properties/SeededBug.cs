using System.Reflection;
using Serving.Data;
using Serving.Data.Time;
using Serving.Features.Binding;
using Serving.Features.Binding.Tree;
using Serving.Features.Emit;
using Serving.Features.Emit.Runtime;
using Serving.Features.Types;

namespace Serving.Features.Tests.Properties;

/// <summary>Ten mistakes that a compiler of this language could have, one of each kind.</summary>
internal static class SeededBug
{
    /// <summary>What makes the wrong program, by the kind of mistake.</summary>
    public static readonly IReadOnlyDictionary<string, Func<FeatureScript, FittedStatistics, FeatureProgram>> All =
        new Dictionary<string, Func<FeatureScript, FittedStatistics, FeatureProgram>>
        {
            ["rounding"] = OfMethod(nameof(FloatArithmetic.RoundFloat), nameof(RoundAwayFromZero)),
            ["saturation"] = OfMethod(nameof(IntegerArithmetic.AddInt), nameof(AddAround)),
            ["missing"] = OfTree(_ => new TreeRewriter { Expression = ShortcutAnd }),
            ["literals beside decimals"] = OfTree(_ => new TreeRewriter { Expression = LoseDigits }),
            ["references to encoded features"] =
                OfTree(script => new TreeRewriter { Expression = node => RawReference(script, node) }),
            ["borders"] = OfMethod(nameof(EncoderFunctions.BucketOfBorders), nameof(OpenBorders)),
            ["hash seeds"] = OfTree(_ => new TreeRewriter { Encoder = SeedOfFamily }),
            ["zones"] = OfMethod(nameof(Calendar.WeekdayOf), nameof(WeekdayOfUtc)),
            ["text"] = OfMethod(nameof(TextFunctions.LengthOf), nameof(LengthInBytes)),
            ["list order"] = OfMethod(nameof(Hashing.HashList), nameof(HashBackwards)),
        };

    public static long RoundAwayFromZero(double value, CompiledFrame frame) =>
        FloatArithmetic.FloorFloat(Math.Round(value, MidpointRounding.AwayFromZero), frame);

    public static long AddAround(long left, long right, CompiledFrame frame) => unchecked(left + right);

    public static long OpenBorders(double value, int borders, CompiledFrame frame) =>
        2 + frame.Tables.Borders[borders].Count(border => border < value);

    public static long WeekdayOfUtc(long time, int zone, CompiledFrame frame) => ZoneTable.Utc.Weekday(time);

    public static long LengthInBytes(long text, CompiledFrame frame) => frame.Text(text).Length;

    public static long HashBackwards(
        long list, int elementKind, int scale, ulong seed, ulong buckets, CompiledFrame frame)
    {
        long result = Hashing.HashList(list, elementKind, scale, seed, buckets, frame);
        frame.ListItems.AsSpan(TextHandle.Offset(result & ~CompiledFrame.OwnArena), TextHandle.Length(result))
            .Reverse();
        return result;
    }

    private static Func<FeatureScript, FittedStatistics, FeatureProgram> OfMethod(string name, string wrong)
    {
        MethodInfo method = typeof(SeededBug).GetMethod(wrong)!;
        return (script, statistics) =>
            CompiledProgram.Compile(script, statistics, methods: RuntimeMethods.Default.With(name, method));
    }

    private static Func<FeatureScript, FittedStatistics, FeatureProgram> OfTree(
        Func<BoundScript, TreeRewriter> rewriter) =>
        (script, statistics) =>
            CompiledProgram.Compile(script, statistics, rewriter(script.Bound).Rewrite(script.Bound));

    // false and missing is false: the shortcut that the language does not take (R18).
    private static BoundExpression ShortcutAnd(BoundExpression node) => node is BoundLogical { IsAnd: true } and
        ? new BoundConditional(
            new BoundCoalesce(new BoundNot(and.Left), Bool(false)), Bool(false), and)
        : node;

    private static BoundLiteral Bool(bool value) => new(ScriptType.Bool, value ? 1 : 0, []);

    // Only the whole part of a literal becomes a decimal (R8).
    private static BoundExpression LoseDigits(BoundExpression node)
    {
        if (node is not BoundLiteral { Type.Kind: TypeKind.Decimal } literal)
        {
            return node;
        }

        long one = (long)Math.Pow(10, literal.Type.Scale);
        return literal with { Slot = literal.Slot / one * one };
    }

    // The value before the encoders where the encoded one is meant (R23).
    private static BoundExpression RawReference(BoundScript script, BoundExpression node)
    {
        if (node is not BoundCell cell)
        {
            return node;
        }

        BoundFeatureMember? member = script.Features.SelectMany(feature => feature.Members)
            .FirstOrDefault(member => member.Encoders.Length > 0 && member.Encoded.Contains(cell.Cell));
        return member is not null && member.Raw.Type.Kind == cell.Type.Kind ? new BoundCell(member.Raw) : node;
    }

    // Seeded with the family's name instead of the member's (R68).
    private static BoundEncoder SeedOfFamily(BoundFeature feature, BoundEncoder encoder) =>
        encoder.Kind == EncoderKind.Hash && feature.Members.Length > 1
            ? encoder with { Seed = Seeds.Of(feature.Name) }
            : encoder;
}
