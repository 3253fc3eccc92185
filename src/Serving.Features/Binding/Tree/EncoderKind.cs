namespace Serving.Features.Binding.Tree;

/// <summary>The encoders.</summary>
internal enum EncoderKind
{
    Edges,
    Hash,
    Clip,
    Bits,
    Quantiles,
    Widths,
    Tree,
    Vocab,
    Standardize,
    MinMax,
    Impute,
    Rate,
}
