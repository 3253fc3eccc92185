namespace Serving.Features.Binding.Tree;

/// <summary>What <c>impute</c> fills in for a missing value (R88).</summary>
internal enum ImputeMode
{
    Constant,
    Median,
    Mean,
    Mode,
}
