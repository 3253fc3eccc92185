using System.Collections.Immutable;
using Serving.Features.Binding.Tree;
using Serving.Features.Syntax;
using Serving.Features.Types;

namespace Serving.Features.Binding;

/// <summary>Binds the chain of encoders behind a feature (R73 - R89).</summary>
internal sealed class EncoderBinder(BindingContext context)
{
    /// <summary>Greatest n of hash: ids go to n + 1, and their number n + 2 is a 32-bit one too (R69, R106).</summary>
    private const long HashSizeMax = uint.MaxValue - 2L;

    private const long BucketsMax = 1 << 20;

    private const long VocabularyMax = 1L << 28;

    /// <summary>
    /// The chain of one feature member, or null after a reported error. The name seeds hashes (R68).
    /// </summary>
    public ImmutableArray<BoundEncoder>? Bind(FeatureSyntax feature, string memberName, ScriptType input)
    {
        var chain = ImmutableArray.CreateBuilder<BoundEncoder>();
        bool isCross = input.Kind == TypeKind.Digest || (input.IsList && input.Element == TypeKind.Digest);
        foreach (EncoderSyntax encoder in feature.Encoders)
        {
            if (chain.Count > 0 && chain[^1].IsDiscrete)
            {
                context.Diagnostics.EncoderMisplaced(
                    encoder.Name.Span,
                    $"nothing may follow {chain[^1].Kind.ToString().ToLowerInvariant()}",
                    "leave it out");
                return null;
            }

            if (isCross && encoder.Name.Text != "hash")
            {
                context.Diagnostics.EncoderMisplaced(encoder.Name.Span, "a cross goes into hash", "write -> hash(n)");
                return null;
            }

            if (BindOne(encoder, chain.Count, memberName, input) is not { } bound)
            {
                return null;
            }

            chain.Add(bound with { Span = encoder.Name.Span });
            input = bound.Output;
        }

        return chain.ToImmutable();
    }

    private BoundEncoder? BindOne(EncoderSyntax encoder, int position, string memberName, ScriptType input)
    {
        var arguments = new EncoderArguments(encoder, context);
        BoundEncoder? bound = encoder.Name.Text switch
        {
            "edges" => BindEdges(arguments, position, input),
            "hash" => BindHash(arguments, position, memberName, input),
            "clip" => BindClip(arguments, position, input),
            "bits" => BindBits(arguments, position, input),
            "quantiles" => BindQuantiles(arguments, position, input),
            "widths" => BindSized(arguments, EncoderKind.Widths, position, input),
            "tree" => BindTree(arguments, position, input),
            "vocab" => BindVocabulary(arguments, position, input),
            "standardize" => BindPlain(arguments, EncoderKind.Standardize, position, input),
            "minmax" => BindPlain(arguments, EncoderKind.MinMax, position, input),
            "impute" => BindImpute(arguments, position, input),
            "rate" => BindRate(arguments, position, input),
            _ => null,
        };
        if (bound is null)
        {
            context.Diagnostics.UnknownName(
                encoder.Name.Span,
                encoder.Name.Text,
                "encoder",
                Enum.GetNames<EncoderKind>().Select(name => name.ToLowerInvariant()));
            return null;
        }

        return arguments.IsValid && Fits(encoder, bound) ? bound : null;
    }

    private bool Fits(EncoderSyntax encoder, BoundEncoder bound)
    {
        ScriptType input = bound.Input;
        bool fits = bound.Kind switch
        {
            EncoderKind.Hash => input.Kind is not (TypeKind.Id or TypeKind.Duration),
            EncoderKind.Vocab => input.Kind is not (TypeKind.Digest or TypeKind.Id or TypeKind.Duration)
                && !(input.IsList && input.Element is TypeKind.Digest or TypeKind.Id),
            EncoderKind.Rate => input.IsNumber || input.Kind is TypeKind.Bool or TypeKind.String or TypeKind.Time,
            EncoderKind.Bits => input.Kind == TypeKind.Int,
            _ => input.IsNumber,
        };
        if (!fits)
        {
            string expected = bound.Kind == EncoderKind.Bits ? "an int" : "numbers";
            context.Diagnostics.WrongType(
                encoder.Name.Span, $"{encoder.Name.Text} encodes {expected}, and this feature is {input}");
        }

        return fits;
    }

    private static ScriptType Ids(ScriptType input) =>
        input.IsList ? ScriptType.ListOf(TypeKind.Id, input.ListMaximum) : ScriptType.Id;

    private static ScriptType Floats(ScriptType input) => ScriptType.Float.With(input.Optional);

    private static BoundEncoder BindEdges(EncoderArguments arguments, int position, ScriptType input)
    {
        arguments.Expect(1, int.MaxValue);
        double[] edges = [.. Enumerable.Range(0, arguments.PositionalCount).Select(arguments.Number)];
        for (int index = 1; index < edges.Length; index++)
        {
            if (edges[index] <= edges[index - 1])
            {
                arguments.Refuse("edges are strictly ascending numbers");
                break;
            }
        }

        return new BoundEncoder(EncoderKind.Edges, position, input, ScriptType.Id) { Numbers = [.. edges] };
    }

    private static BoundEncoder BindHash(EncoderArguments arguments, int position, string memberName, ScriptType input)
    {
        arguments.Expect(1, 1, "salt");
        long size = arguments.Integer(0, 1, HashSizeMax);
        string salt = arguments.Text("salt") ?? memberName;
        return new BoundEncoder(EncoderKind.Hash, position, input, Ids(input))
        {
            Sizes = [size],
            Seed = Seeds.Of(salt),
        };
    }

    private static BoundEncoder BindClip(EncoderArguments arguments, int position, ScriptType input)
    {
        arguments.Expect(2, 2);
        double low = arguments.Number(0);
        double high = arguments.Number(1);
        if (low > high)
        {
            arguments.Refuse("the first bound of clip is above the second");
        }

        return new BoundEncoder(EncoderKind.Clip, position, input, Floats(input)) { Numbers = [low, high] };
    }

    private static BoundEncoder BindBits(EncoderArguments arguments, int position, ScriptType input)
    {
        arguments.Expect(1, 1);
        long count = arguments.Integer(0, 1, 64);
        return new BoundEncoder(EncoderKind.Bits, position, input, ScriptType.ListOf(TypeKind.Id, (int)count))
        {
            Sizes = [count],
        };
    }

    private static BoundEncoder BindQuantiles(EncoderArguments arguments, int position, ScriptType input)
    {
        arguments.Expect(1, int.MaxValue, "least");
        long[] sizes = [.. Enumerable.Range(0, arguments.PositionalCount)
            .Select(place => arguments.Integer(place, 2, BucketsMax))];
        if (sizes.Zip(sizes.Skip(1)).Any(pair => pair.First >= pair.Second))
        {
            arguments.Refuse("the sizes of quantiles are strictly ascending");
        }

        return new BoundEncoder(EncoderKind.Quantiles, position, input, ScriptType.Id)
        {
            Sizes = [.. sizes],
            Least = arguments.Integer("least", 1, long.MaxValue, 3),
        };
    }

    private static BoundEncoder BindSized(EncoderArguments arguments, EncoderKind kind, int position, ScriptType input)
    {
        arguments.Expect(1, 1);
        return new BoundEncoder(kind, position, input, ScriptType.Id) { Sizes = [arguments.Integer(0, 1, BucketsMax)] };
    }

    private static BoundEncoder BindTree(EncoderArguments arguments, int position, ScriptType input)
    {
        arguments.Expect(1, 1, "min", "monotone");
        return new BoundEncoder(EncoderKind.Tree, position, input, ScriptType.Id)
        {
            Sizes = [arguments.Integer(0, 1, BucketsMax)],
            Least = arguments.Integer("min", 1, long.MaxValue, -1),
            Monotone = arguments.Word("monotone", "up", "down") switch { "up" => 1, "down" => -1, _ => 0 },
        };
    }

    private static BoundEncoder BindVocabulary(EncoderArguments arguments, int position, ScriptType input)
    {
        arguments.Expect(1, 1, "min");
        return new BoundEncoder(EncoderKind.Vocab, position, input, Ids(input))
        {
            Sizes = [arguments.Integer(0, 1, VocabularyMax)],
            Least = arguments.Integer("min", 1, long.MaxValue, 2),
        };
    }

    private static BoundEncoder BindPlain(EncoderArguments arguments, EncoderKind kind, int position, ScriptType input)
    {
        arguments.Expect(0, 0);
        return new BoundEncoder(kind, position, input, Floats(input));
    }

    private static BoundEncoder BindImpute(EncoderArguments arguments, int position, ScriptType input)
    {
        arguments.Expect(1, 1);
        ImputeMode mode = arguments.Word(0) switch
        {
            "median" => ImputeMode.Median,
            "mean" => ImputeMode.Mean,
            "mode" => ImputeMode.Mode,
            _ => ImputeMode.Constant,
        };
        double constant = mode == ImputeMode.Constant ? arguments.Number(0) : 0;
        return new BoundEncoder(EncoderKind.Impute, position, input, ScriptType.Float)
        {
            Impute = mode,
            Constant = constant,
        };
    }

    private static BoundEncoder BindRate(EncoderArguments arguments, int position, ScriptType input)
    {
        arguments.Expect(0, 0, "weight");
        double weight = arguments.Number("weight", 20);
        if (weight < 0)
        {
            arguments.Refuse("the weight of rate is not negative");
        }

        return new BoundEncoder(EncoderKind.Rate, position, input, Floats(input)) { Weight = weight };
    }
}
