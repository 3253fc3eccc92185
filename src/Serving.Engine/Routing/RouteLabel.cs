namespace Serving.Engine.Routing;

/// <summary>Names that stand for a version of a model.</summary>
public static class RouteLabel
{
    /// <summary>The version that takes what no other has a share of.</summary>
    public const string Stable = "stable";

    /// <summary>The version that is being tried.</summary>
    public const string Canary = "canary";

    /// <summary>The version that was stable before, kept Ready for a while.</summary>
    public const string Previous = "previous";
}
