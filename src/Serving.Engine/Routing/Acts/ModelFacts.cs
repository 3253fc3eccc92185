using System.Collections.Immutable;

namespace Serving.Engine.Routing.Acts;

/// <summary>What an act has to know of a model besides its traffic. Immutable.</summary>
/// <param name="Ready">Its Ready versions, lowest first.</param>
/// <param name="Known">All versions that stand in the folder.</param>
/// <param name="HasField">Whether requests to a Ready version may have a field.</param>
/// <param name="Now">The time.</param>
/// <param name="KeepPrevious">How long the version that was stable before is kept Ready.</param>
internal sealed record ModelFacts(
    ImmutableArray<long> Ready,
    ImmutableArray<long> Known,
    Func<long, string, bool> HasField,
    DateTimeOffset Now,
    TimeSpan KeepPrevious)
{
    /// <summary>Whether a version is Ready.</summary>
    public bool IsReady(long version) => Ready.Contains(version);
}
