namespace Serving.Features.Scoring;

/// <summary>One expression beside a script, in whose scope it is bound. Immutable.</summary>
/// <param name="Place">Where it stands, for messages.</param>
/// <param name="Text">Its text.</param>
/// <param name="Kind">What it must give.</param>
public sealed record ScoredExpression(string Place, string Text, ScoredKind Kind);
