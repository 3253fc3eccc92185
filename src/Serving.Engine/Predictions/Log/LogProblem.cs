namespace Serving.Engine.Predictions.Log;

/// <summary>One thing that is wrong with a log.</summary>
/// <param name="File">Name of the file.</param>
/// <param name="Offset">Where in it, in bytes; in a compressed segment the place of the block.</param>
/// <param name="Kind">What is wrong.</param>
public sealed record LogProblem(string File, long Offset, LogProblemKind Kind);
