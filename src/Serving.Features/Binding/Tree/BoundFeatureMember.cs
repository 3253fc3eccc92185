using System.Collections.Immutable;

namespace Serving.Features.Binding.Tree;

/// <summary>
/// One member of a feature's family: a raw value and the chain of encoders behind it, fitted apart from its siblings.
/// </summary>
/// <param name="Name">Full name of the member without a size, e.g. <c>amount_7d</c>.</param>
/// <param name="Raw">Cell of the value before encoders.</param>
/// <param name="Value">What fills that cell.</param>
/// <param name="Encoders">The chain, maybe empty.</param>
/// <param name="Encoded">
/// One cell for each size of a last <c>quantiles</c>, else one; the raw cell itself where the chain is empty.
/// </param>
internal sealed record BoundFeatureMember(
    string Name, Cell Raw, BoundExpression Value, ImmutableArray<BoundEncoder> Encoders, ImmutableArray<Cell> Encoded)
{
    /// <summary>The names of its columns: one for each size, else the member's name.</summary>
    public ImmutableArray<string> ColumnNames { get; init; } = [];

    /// <summary>
    /// Whether its columns hold ids: the last encoder is discrete, or a bool stands without any (R25, R26).
    /// </summary>
    public bool IsDiscrete => Encoders.Length == 0 ? Raw.Type.Kind == Types.TypeKind.Bool : Encoders[^1].IsDiscrete;
}
