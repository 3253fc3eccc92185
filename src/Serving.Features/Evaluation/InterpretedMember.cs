using Serving.Features.Binding.Tree;

namespace Serving.Features.Evaluation;

/// <summary>The way from a feature's value before encoders to its encoded cells.</summary>
internal static class InterpretedMember
{
    /// <summary>Fills the encoded cells of a member from its raw cell.</summary>
    public static void Encode(
        BoundFeatureMember member, FittedStatistics? statistics, Value?[] cells, InterpretedFrame frame)
    {
        if (member.Encoders.Length == 0)
        {
            return;
        }

        // R78: each encoder takes what the one before it gave; only the last one may have several sizes.
        Value? value = cells[member.Raw.Index];
        foreach (BoundEncoder encoder in member.Encoders[..^1])
        {
            value = Apply(encoder, value, 0);
        }

        for (int size = 0; size < member.Encoded.Length; size++)
        {
            cells[member.Encoded[size].Index] = Apply(member.Encoders[^1], value, size);
        }

        Value? Apply(BoundEncoder encoder, Value? input, int size) => InterpretedEncoder.Apply(
            encoder, input, statistics?.Find(member.Name, encoder.Position), size, frame);
    }
}
