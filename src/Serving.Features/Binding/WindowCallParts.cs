using Serving.Data.Windows;
using Serving.Features.Binding.Tree;

namespace Serving.Features.Binding;

/// <summary>What a window call computes, whatever the span.</summary>
internal sealed record WindowCallParts(WindowFunction Function)
{
    public BoundExpression? Argument { get; init; }

    public BoundExpression? Where { get; init; }

    public bool ReadsNow { get; init; }

    public long HalfLifeMs { get; init; }
}
