using System.Collections.Immutable;
using Serving.Data;
using Serving.Features.Binding.Tree;

namespace Serving.Features.Fitting;

/// <summary>
/// Sums of a member whose only fitted encoder is <c>standardize</c>, <c>minmax</c> or <c>impute(mean)</c>, behind
/// nothing but <c>clip</c>: such a chain needs no table of distinct values and hence constant memory.
/// </summary>
internal sealed class MomentsAccumulator(BoundFeatureMember member) : MemberAccumulator(member)
{
    private readonly BoundEncoder _fitted = member.Encoders.First(encoder => encoder.NeedsStatistics);
    private readonly WeightedMoments _moments = new();
    private long _missing;

    /// <summary>Whether sums are enough for a member.</summary>
    public static bool Serves(BoundFeatureMember member)
    {
        BoundEncoder[] fitted = [.. member.Encoders.Where(encoder => encoder.NeedsStatistics)];
        return fitted.Length == 1
            && member.Encoders.TakeWhile(encoder => encoder != fitted[0]).All(IsClip)
            && (fitted[0].Kind is EncoderKind.Standardize or EncoderKind.MinMax || fitted[0].Impute == ImputeMode.Mean);
    }

    public override void Add(RowBatch values, int field, ReadOnlySpan<int> rows, ReadOnlySpan<sbyte> labels)
    {
        foreach (int row in rows)
        {
            if (!values.IsPresent(row, field))
            {
                _missing++;
                continue;
            }

            double value = Read(values.Get(row, field));
            for (int step = 0; step < _fitted.Position; step++)
            {
                value = ChainFitter.Clip(value, Member.Encoders[step]);
            }

            _moments.Add(value);
        }
    }

    public override void Merge(MemberAccumulator other)
    {
        var moments = (MomentsAccumulator)other;
        _moments.Merge(moments._moments);
        _missing += moments._missing;
    }

    public override ImmutableArray<FittedStep> Finish()
    {
        FittedEncoder fitted = ChainFitter.FitMoments(_fitted.Kind, _moments);
        return [new FittedStep(
            _fitted.Position, fitted with { Observed = new FittedCounts(_moments.Count, _missing, []) })];
    }

    private static bool IsClip(BoundEncoder encoder) => encoder.Kind == EncoderKind.Clip;
}
