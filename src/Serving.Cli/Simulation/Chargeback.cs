using System.Runtime.InteropServices;

namespace Serving.Cli.Simulation;

/// <summary>A fraud that its victim reports.</summary>
/// <param name="Number">Number of the payment.</param>
/// <param name="At">Time of the payment, UTC.</param>
/// <param name="KnownAt">When the report arrives, always later.</param>
/// <param name="Terminal">Index of the payment's terminal.</param>
/// <param name="Customer">Index of the payment's customer.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct Chargeback(long Number, DateTime At, DateTime KnownAt, int Terminal, int Customer);
