using System.Collections.Immutable;
using Serving.Data;
using Serving.Data.Numerics;
using Serving.Features.Binding.Tree;
using Serving.Features.Types;

namespace Serving.Features.Fitting;

/// <summary>
/// Gathers the raw values of one feature member, so that its whole chain of encoders can be fitted from them: every
/// continuous encoder is a function of one value, hence the distribution behind it follows from the one before (R78),
/// and a chain never needs a second pass. One thread; those of several threads are merged.
/// </summary>
internal abstract class MemberAccumulator(BoundFeatureMember member)
{
    private readonly TypeKind _kind = member.Raw.Type.Kind;
    private readonly byte _scale = member.Raw.Type.Scale;

    public BoundFeatureMember Member { get; } = member;

    /// <summary>The accumulator that a member's chain needs.</summary>
    public static MemberAccumulator Create(BoundFeatureMember member, MemoryBudget budget, bool sketches)
    {
        if (member.Encoders[0].Kind is EncoderKind.Vocab or EncoderKind.Rate)
        {
            return new CategoryAccumulator(member, budget);
        }

        return MomentsAccumulator.Serves(member) ? new MomentsAccumulator(member)
            : sketches && SketchAccumulator.Serves(member) ? new SketchAccumulator(member, budget)
            : new NumberAccumulator(member, budget);
    }

    /// <summary>Adds rows of a batch.</summary>
    /// <param name="values">Evaluated values.</param>
    /// <param name="field">Place of this member's raw value.</param>
    /// <param name="rows">The rows to add.</param>
    /// <param name="labels">Label of each row of the batch: 1, 0, or -1 for none.</param>
    public abstract void Add(RowBatch values, int field, ReadOnlySpan<int> rows, ReadOnlySpan<sbyte> labels);

    /// <summary>Adds what another thread gathered for the same member.</summary>
    public abstract void Merge(MemberAccumulator other);

    /// <summary>Fits the chain; the table is given back.</summary>
    public abstract ImmutableArray<FittedStep> Finish();

    /// <summary>A number of the member as binary64 (R9, R11).</summary>
    protected double Read(long slot) => _kind switch
    {
        TypeKind.Float => BitConverter.Int64BitsToDouble(slot),
        TypeKind.Decimal => DecimalConversion.ToDouble(slot, _scale),
        _ => slot,
    };
}
