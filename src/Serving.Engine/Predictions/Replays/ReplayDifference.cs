namespace Serving.Engine.Predictions.Replays;

/// <summary>One value that differs.</summary>
/// <param name="Id">Id of the request.</param>
/// <param name="Feature">Column of the feature, or <c>score</c>, <c>raw_score</c>, <c>degraded</c>.</param>
/// <param name="Recorded">What the record holds, as JSON.</param>
/// <param name="Recomputed">What was recomputed, as JSON.</param>
/// <param name="Class">
/// <c>different</c> where the recorded state gives another value, else the class of the difference from history.
/// </param>
public sealed record ReplayDifference(string Id, string Feature, string Recorded, string Recomputed, string Class);
