namespace Serving.Features.Fitting;

/// <summary>Makes the program that fills chosen cells.</summary>
/// <param name="cells">The cells, in a script cut down to what they need.</param>
/// <param name="known">Statistics fitted so far: all that the cut script needs.</param>
internal delegate CellProgram CellCompiler(FittingCells cells, FittedStatistics known);
