using Serving.Data.Windows;
using Serving.Features.Types;

namespace Serving.Features.Binding.Tree;

/// <summary>
/// A call over one span of a window. It is no expression: <see cref="BoundWindowValue"/> is the use of its value.
/// Equal calls (same window, span, function, and canonical text of argument and where) share one slot. In its argument
/// and where a <see cref="BoundField"/> is a field of the EVENT, a <see cref="BoundNowField"/> one of the request.
/// </summary>
internal sealed record BoundWindowCall
{
    /// <summary>Place of the value among the window values of the script.</summary>
    public required int Slot { get; init; }

    public required BoundWindow Window { get; init; }

    /// <summary>Place of the span in <see cref="BoundWindow.Spans"/>.</summary>
    public required int Span { get; init; }

    /// <summary>What is computed.</summary>
    public required WindowCallParts Parts { get; init; }

    public WindowFunction Function => Parts.Function;

    /// <summary>
    /// What is aggregated, over the event's fields; of <c>any</c> an optional bool, of <c>share</c> a bool that is
    /// never missing; null for calls without an argument.
    /// </summary>
    public BoundExpression? Argument => Parts.Argument;

    /// <summary>The call's own where, a bool that is never missing; null without one (R32).</summary>
    public BoundExpression? Where => Parts.Where;

    /// <summary>Whether <see cref="Where"/> names fields of the request, so that it needs raw events.</summary>
    public bool ReadsNow => Parts.ReadsNow;

    /// <summary>Half-life of the decaying calls in milliseconds; 0 otherwise.</summary>
    public long HalfLifeMs => Parts.HalfLifeMs;

    /// <summary>Type of the value (R35, R37).</summary>
    public required ScriptType Type { get; init; }

    /// <summary>The call in canonical spelling; no other call of the script has it.</summary>
    public required string Text { get; init; }

    /// <summary>The edges of its span.</summary>
    public WindowBounds Bounds => Window.Spans[Span].Bounds;

    /// <summary>Whether it sees only the latest events that the window keeps (R33).</summary>
    public bool IsBounded => Function == WindowFunction.Distinct || ReadsNow;
}
