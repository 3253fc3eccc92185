using System.Collections.Immutable;
using Serving.Data;

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
    /// <summary>Whether a version is served raw, so that what comes to versions of rows cannot come to it.</summary>
    public Func<long, bool> IsRaw { get; init; } = static _ => false;

    /// <summary>Whether a version is Ready.</summary>
    public bool IsReady(long version) => Ready.Contains(version);

    /// <summary>
    /// An outcome, or its refusal where requests would be dealt or copied to versions of both kinds.
    /// </summary>
    public ActOutcome OfOneKind(ActOutcome outcome)
    {
        if (outcome.State is not { } state)
        {
            return outcome;
        }

        long[] shared = [.. state.Split.Keys.Concat(state.Shadow.Keys).Where(IsReady)];
        long raw = shared.FirstOrDefault(IsRaw);
        long scored = shared.FirstOrDefault(version => !IsRaw(version));
        return raw == 0 || scored == 0
            ? outcome
            : ActOutcome.Refused(
                ErrorCode.FailedPrecondition,
                $"version {raw} is served raw and version {scored} is scored by rows: no request can come to both");
    }
}
