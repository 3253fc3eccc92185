namespace Serving.State.Windows;

/// <summary>What a tile holds of a measure; null where it does not hold a part.</summary>
/// <param name="Count">Number of events.</param>
/// <param name="Sum">Exact sum in minor units or millionths.</param>
/// <param name="SumOfSquares">Exact sum of their squares.</param>
/// <param name="Min">Least argument as a cell of a file.</param>
/// <param name="Max">Greatest argument.</param>
/// <param name="FirstMs">Time of the earliest event.</param>
/// <param name="LastMs">Time of the latest event.</param>
public sealed record TallyDescription(
    long Count, string? Sum, string? SumOfSquares, string? Min, string? Max, long? FirstMs, long? LastMs);
