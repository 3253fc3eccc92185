using System.Collections.Immutable;
using Serving.Features.Text;
using Serving.Features.Types;

namespace Serving.Features.Binding.Tree;

/// <summary>One step of a feature's chain of encoders, with its checked arguments.</summary>
/// <param name="Kind">Which encoder.</param>
/// <param name="Position">Its place in the chain, from 0; statistics are stored under it.</param>
/// <param name="Input">Type of what it encodes.</param>
/// <param name="Output">Type of what it gives: float, id or a list of ids.</param>
internal sealed record BoundEncoder(EncoderKind Kind, int Position, ScriptType Input, ScriptType Output)
{
    /// <summary>Edges, ascending; or the two bounds of clip.</summary>
    public ImmutableArray<double> Numbers { get; init; } = [];

    /// <summary>Sizes of quantiles, ascending; n of hash, bits, widths, tree and vocab alone.</summary>
    public ImmutableArray<long> Sizes { get; init; } = [];

    /// <summary>
    /// <c>least:</c> of quantiles, <c>min:</c> of vocab and tree (-1: the default of tree, which needs N).
    /// </summary>
    public long Least { get; init; }

    /// <summary><c>monotone:</c> of tree: +1 up, -1 down, 0 free.</summary>
    public int Monotone { get; init; }

    /// <summary>Seed of hash: XXH64 of the feature member's full name, or of <c>salt:</c>.</summary>
    public ulong Seed { get; init; }

    /// <summary><c>weight:</c> of rate.</summary>
    public double Weight { get; init; }

    /// <summary>What impute fills in; <see cref="Constant"/> where it is a number.</summary>
    public ImputeMode Impute { get; init; }

    /// <summary>The number of <c>impute(number)</c>.</summary>
    public double Constant { get; init; }

    /// <summary>Where its name stands, for messages.</summary>
    public TextSpan Span { get; init; }

    /// <summary>Whether it gives ids.</summary>
    public bool IsDiscrete => Kind is EncoderKind.Edges or EncoderKind.Hash or EncoderKind.Bits or EncoderKind.Quantiles
        or EncoderKind.Widths or EncoderKind.Tree or EncoderKind.Vocab;

    /// <summary>Whether it must be fitted.</summary>
    public bool NeedsStatistics => Kind is EncoderKind.Quantiles or EncoderKind.Widths or EncoderKind.Tree
        or EncoderKind.Vocab or EncoderKind.Standardize or EncoderKind.MinMax or EncoderKind.Rate
        || (Kind == EncoderKind.Impute && Impute != ImputeMode.Constant);

    /// <summary>Whether fitting needs the label.</summary>
    public bool NeedsLabel => Kind is EncoderKind.Tree or EncoderKind.Rate;
}
