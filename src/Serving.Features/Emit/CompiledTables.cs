using Serving.Data.Time;
using Serving.Features.Emit.Runtime;

namespace Serving.Features.Emit;

/// <summary>
/// What emitted code refers to by number: borders, vocabularies, rates, zones. Immutable after compilation.
/// </summary>
internal sealed class CompiledTables
{
    public double[][] Borders { get; init; } = [];

    public CategoryTable[] Categories { get; init; } = [];

    public ZoneTable[] Zones { get; init; } = [];

    /// <summary>UTF-8 bytes of literals that are compared, not stored.</summary>
    public byte[][] Texts { get; init; } = [];
}
