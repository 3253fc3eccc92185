using System.Runtime.InteropServices;
using Serving.Data;

namespace Serving.State.Windows;

/// <summary>The request for which windows are read.</summary>
/// <param name="Rows">Its batch.</param>
/// <param name="Row">Its row.</param>
/// <param name="Time">Its time.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct RequestRow(RowBatch Rows, int Row, long Time);
