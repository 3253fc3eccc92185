namespace Serving.Features.Fitting;

/// <summary>What <c>impute</c> fills in (R88).</summary>
internal sealed record FittedFill(double Value) : FittedEncoder;
