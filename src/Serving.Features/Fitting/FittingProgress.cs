using System.Runtime.InteropServices;

namespace Serving.Features.Fitting;

/// <summary>How far a fit is.</summary>
/// <param name="Pass">The pass over the data, from 1.</param>
/// <param name="PassCount">All passes.</param>
/// <param name="Rows">Rows read in this pass.</param>
/// <param name="Share">Share of this pass's input that was read, 0..1, or NaN where it is not known.</param>
[StructLayout(LayoutKind.Auto)]
public readonly record struct FittingProgress(int Pass, int PassCount, long Rows, double Share);
