namespace Serving.Engine.Versions;

/// <summary>What the policy sees of a version. Immutable.</summary>
/// <param name="Version">Version, from 1.</param>
/// <param name="State">Where it stands.</param>
/// <param name="IsWanted">Whether its bundle stands in the models folder.</param>
/// <param name="IsChanged">Whether the bundle there is another than the one that was looked at.</param>
/// <param name="IsDrained">Whether no request is on it.</param>
internal readonly record struct VersionView(
    long Version, VersionState State, bool IsWanted, bool IsChanged, bool IsDrained)
{
    /// <summary>Whether it is loaded and waits for its history.</summary>
    public bool IsWaiting { get; init; }
}
