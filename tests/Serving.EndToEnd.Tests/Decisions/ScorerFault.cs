namespace Serving.EndToEnd.Tests.Decisions;

/// <summary>What is wrong with a scorer.</summary>
public enum ScorerFault
{
    /// <summary>Nothing.</summary>
    None = 0,

    /// <summary>It throws.</summary>
    Throws,

    /// <summary>It gives NaN for every row.</summary>
    GivesNaN,

    /// <summary>It does not return before the server is stopped.</summary>
    Hangs,
}
