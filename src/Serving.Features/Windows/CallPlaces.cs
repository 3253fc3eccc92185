using System.Runtime.InteropServices;

namespace Serving.Features.Windows;

/// <summary>What a window call reads of its log; -1 where it reads none of a kind.</summary>
/// <param name="Measure">Place of the measure.</param>
/// <param name="Whole">Place of the measure that counts the whole of a share.</param>
/// <param name="Where">Place of the column of its own where, judged among kept events.</param>
/// <param name="Condition">Place of its condition that reads the request.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct CallPlaces(int Measure, int Whole, int Where, int Condition);
