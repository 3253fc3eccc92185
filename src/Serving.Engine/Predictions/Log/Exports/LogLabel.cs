using System.Runtime.InteropServices;

namespace Serving.Engine.Predictions.Log.Exports;

/// <summary>A label that came for a request.</summary>
/// <param name="Value">Its number; true is 1, false 0.</param>
/// <param name="Known">When it came, ms since 1970.</param>
[StructLayout(LayoutKind.Auto)]
public readonly record struct LogLabel(double Value, long Known);
