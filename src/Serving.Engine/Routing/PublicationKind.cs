namespace Serving.Engine.Routing;

/// <summary>What a version is published as.</summary>
public enum PublicationKind
{
    /// <summary>It takes the place of the stable version.</summary>
    Stable = 0,

    /// <summary>It gets a share and is judged by gates.</summary>
    Canary,

    /// <summary>It gets copies of requests and answers nobody.</summary>
    Shadow,
}
