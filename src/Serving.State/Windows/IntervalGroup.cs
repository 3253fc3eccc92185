using System.Runtime.InteropServices;

namespace Serving.State.Windows;

/// <summary>The events of one measure in one span.</summary>
/// <param name="Measure">Place of the measure.</param>
/// <param name="Span">Place of the span in <see cref="ReadingPlan.Spans"/>.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct IntervalGroup(int Measure, int Span);
