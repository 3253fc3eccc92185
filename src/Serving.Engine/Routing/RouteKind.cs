namespace Serving.Engine.Routing;

/// <summary>What a request's version was chosen by.</summary>
public enum RouteKind
{
    /// <summary>The request named a version or a label.</summary>
    Pinned = 0,

    /// <summary>The split gave it to the stable version.</summary>
    Stable,

    /// <summary>The split gave it to the canary.</summary>
    Canary,

    /// <summary>The split gave it to the version that was stable before.</summary>
    Previous,

    /// <summary>The split gave it to another version that has a share.</summary>
    Share,
}
