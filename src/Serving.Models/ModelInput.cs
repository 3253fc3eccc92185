namespace Serving.Models;

/// <summary>One input of a model.</summary>
/// <param name="Name">Its name in the model; default names (<c>f0</c>, <c>Column_0</c>) where the model holds
/// none.</param>
/// <param name="TakesIds">Whether it is an id column (a block of weights), or a dense number.</param>
/// <param name="Size">Ids of the block, so that ids are 0 .. Size - 1; 0 for a dense input.</param>
public sealed record ModelInput(string Name, bool TakesIds, uint Size);
