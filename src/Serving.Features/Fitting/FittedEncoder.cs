namespace Serving.Features.Fitting;

/// <summary>What fitting found for one encoder of one feature member. Immutable.</summary>
internal abstract record FittedEncoder;
