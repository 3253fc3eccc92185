namespace Serving.Engine.Decisions;

/// <summary>What is to be done with a request. Ties of costs go to the first of these.</summary>
public enum Decision
{
    /// <summary>None: the bundle has no decisions, or nothing in it applies.</summary>
    None = 0,

    /// <summary><c>approve</c>.</summary>
    Approve,

    /// <summary><c>review</c>.</summary>
    Review,

    /// <summary><c>decline</c>.</summary>
    Decline,
}
