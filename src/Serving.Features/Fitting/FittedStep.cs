namespace Serving.Features.Fitting;

/// <summary>What was fitted for the encoder at a position of a chain.</summary>
internal readonly record struct FittedStep(int Position, FittedEncoder Fitted);
