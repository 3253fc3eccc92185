namespace Serving.Features.Fitting;

/// <summary>Mean and population standard deviation of <c>standardize</c> (R86).</summary>
internal sealed record FittedMoments(double Mean, double StandardDeviation) : FittedEncoder;
