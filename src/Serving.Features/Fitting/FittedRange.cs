namespace Serving.Features.Fitting;

/// <summary>Least and greatest value of <c>minmax</c> (R87).</summary>
internal sealed record FittedRange(double Min, double Max) : FittedEncoder;
