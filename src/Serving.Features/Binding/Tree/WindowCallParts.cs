using Serving.Data.Windows;

namespace Serving.Features.Binding.Tree;

/// <summary>What a window call computes, whatever the span: one object for all spans of a call.</summary>
internal sealed record WindowCallParts(WindowFunction Function)
{
    /// <inheritdoc cref="BoundWindowCall.Argument"/>
    public BoundExpression? Argument { get; init; }

    /// <inheritdoc cref="BoundWindowCall.Where"/>
    public BoundExpression? Where { get; init; }

    /// <inheritdoc cref="BoundWindowCall.ReadsNow"/>
    public bool ReadsNow { get; init; }

    /// <inheritdoc cref="BoundWindowCall.HalfLifeMs"/>
    public long HalfLifeMs { get; init; }
}
