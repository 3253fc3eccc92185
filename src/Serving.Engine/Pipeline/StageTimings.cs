using System.Runtime.InteropServices;

namespace Serving.Engine.Pipeline;

/// <summary>
/// How long the steps of one request took, in microseconds. The names are those of the answer's timing_us.
/// </summary>
/// <param name="StateUs">Checking the rows, reading and appending state.</param>
/// <param name="FeaturesUs">Evaluating the script.</param>
/// <param name="ModelUs">Scoring and the link.</param>
/// <param name="TotalUs">All of <see cref="InferenceEngine.Score"/>.</param>
[StructLayout(LayoutKind.Auto)]
public readonly record struct StageTimings(uint StateUs, uint FeaturesUs, uint ModelUs, uint TotalUs);
