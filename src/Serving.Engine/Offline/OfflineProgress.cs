using System.Runtime.InteropServices;

namespace Serving.Engine.Offline;

/// <summary>How far an offline run is.</summary>
/// <param name="RowsWritten">Rows written so far.</param>
/// <param name="Share">Share of the input that was taken, 0..1; NaN where its length is not known.</param>
[StructLayout(LayoutKind.Auto)]
public readonly record struct OfflineProgress(long RowsWritten, double Share);
