namespace Serving.Engine.Bundles;

/// <summary>What came of putting a bundle into a models folder.</summary>
public enum BundlePlacement
{
    /// <summary>Nothing stands there.</summary>
    Free = 0,

    /// <summary>It was put there.</summary>
    Placed,

    /// <summary>The same bytes stand there already.</summary>
    Same,

    /// <summary>Other bytes stand there under its version.</summary>
    Other,
}
