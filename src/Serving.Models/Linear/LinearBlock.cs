namespace Serving.Models.Linear;

/// <summary>One id input to be written to <c>linear.json</c>. Immutable.</summary>
/// <param name="Name">Name of the input.</param>
/// <param name="Size">Number of ids.</param>
/// <param name="Rows">Ids with their weights, one per output; written where there is no file.</param>
/// <param name="File">Plain name of the table beside, or null.</param>
public sealed record LinearBlock(
    string Name, uint Size, IReadOnlyList<(uint Id, double[] Weights)> Rows, string? File = null);
