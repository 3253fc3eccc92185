using System.Runtime.InteropServices;

namespace Serving.Engine.Predictions.Log;

/// <summary>A segment's file.</summary>
/// <param name="Path">Where it is.</param>
/// <param name="First">Sequence of its first record, as its name says.</param>
/// <param name="IsPacked">Whether its name says that it is compressed.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct LogFile(string Path, ulong First, bool IsPacked);
