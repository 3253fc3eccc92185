using System.Runtime.InteropServices;
using Serving.Data.Windows;

namespace Serving.State.Windows;

/// <summary>The latest events inside a span that pass the window's <c>where</c> (R33).</summary>
/// <param name="Bounds">The span.</param>
/// <param name="Keep">How many.</param>
/// <param name="Where">Place of the bool column of the window's <c>where</c>; -1 without one.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct KeptGroup(WindowBounds Bounds, int Keep, int Where);
