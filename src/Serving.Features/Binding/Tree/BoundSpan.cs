using System.Runtime.InteropServices;
using Serving.Data.Windows;

namespace Serving.Features.Binding.Tree;

/// <summary>One span of a window.</summary>
/// <param name="Text">As the window spells it, which names of family members keep (R28); empty for lifetime.</param>
/// <param name="Bounds">Its edges.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct BoundSpan(string Text, WindowBounds Bounds);
