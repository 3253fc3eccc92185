namespace Serving.Features.Binding;

/// <summary>
/// A feature, or a member of one, that stands for several sizes of quantiles: not usable by itself (R30).
/// </summary>
/// <param name="Example">A full name that is usable.</param>
internal sealed record SizesSymbol(string Example) : Symbol("a feature");
