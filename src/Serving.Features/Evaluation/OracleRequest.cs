using System.Numerics;
using System.Runtime.InteropServices;
using Serving.Data;

namespace Serving.Features.Evaluation;

/// <summary>The request whose windows are asked for.</summary>
/// <param name="Rows">Rows of requests.</param>
/// <param name="Row">Its place in them.</param>
/// <param name="Time">Its time.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct OracleRequest(RowBatch Rows, int Row, BigInteger Time);
