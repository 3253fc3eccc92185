namespace Serving.Features.Scoring;

/// <summary>What an expression beside a script must give.</summary>
public enum ScoredKind
{
    /// <summary>A bool, which may be missing.</summary>
    Condition = 0,

    /// <summary>A number that is never missing, not even where the state of windows is not to be had.</summary>
    Number,
}
