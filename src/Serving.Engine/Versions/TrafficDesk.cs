using System.Collections.Immutable;
using Serving.Data;
using Serving.Engine.Routing;
using Serving.Engine.Routing.Acts;
using Serving.Engine.Routing.Gates;

namespace Serving.Engine.Versions;

/// <summary>
/// Holds what was decided about each model's traffic, and makes it durable before it takes effect. The version control
/// calls it under its own gate; nobody else touches it.
/// </summary>
internal sealed class TrafficDesk
{
    private readonly EngineOptions _options;
    private readonly TimeProvider _time;
    private readonly Dictionary<string, TrafficState> _decided = new(StringComparer.Ordinal);

    /// <summary>Makes the desk and takes over what the journal kept.</summary>
    public TrafficDesk(EngineOptions options, TimeProvider time)
    {
        _options = options;
        _time = time;
        foreach (TrafficState state in options.Journal?.Load() ?? [])
        {
            _decided[state.Model] = state;
        }
    }

    /// <summary>Takes over what another server that shares the journal decided. Whether anything changed.</summary>
    public bool Follow()
    {
        if (_options.Journal?.Follow() is not { } states)
        {
            return false;
        }

        foreach (TrafficState state in states)
        {
            _decided[state.Model] = state;
        }

        return true;
    }

    /// <summary>The decided state of a model, or null before its first act.</summary>
    public TrafficState? Decided(string model) => _decided.GetValueOrDefault(model);

    /// <summary>The state of a model; before its first act stable is the highest Ready version.</summary>
    public TrafficState StateOf(string model, ReadOnlySpan<long> ready)
    {
        if (_decided.TryGetValue(model, out TrafficState? state))
        {
            return state;
        }

        long stable = ready.Length == 0 ? 0 : ready[^1];
        return new TrafficState
        {
            Model = model,
            By = OptionsOf(model).By,
            Stable = stable,
            Previous = ready.Length < 2 ? 0 : ready[^2],
            PreviousUntil = _time.GetUtcNow() + _options.KeepPrevious,
            Split = stable == 0 ? TrafficState.NoShares : TrafficState.NoShares.Add(stable, TrafficSplit.Buckets),
        };
    }

    /// <summary>How versions of a model come and go.</summary>
    public TrafficOptions OptionsOf(string model) =>
        _options.ModelTraffic.GetValueOrDefault(model) ?? _options.Traffic;

    /// <summary>Whether a version that stands in the folder is to be loaded or to stay.</summary>
    public bool IsWanted(string model, long version)
    {
        TrafficState? state = Decided(model);
        bool isNamed = state is not null && (state.IsInUse(version) || state.Loaded.Contains(version));
        return isNamed || (!_options.LoadsNamedOnly && state?.Dropped.Contains(version) != true);
    }

    /// <summary>What acts have to know of a model.</summary>
    public ModelFacts FactsOf(ImmutableArray<VersionHarness> versions) => new(
        [.. versions.Where(version => version.State == VersionState.Ready).Select(NumberOf)],
        [.. versions.Where(version => version.State is not VersionState.Retired).Select(NumberOf)],
        (number, field) => versions.Any(version => version.Location.Version == number
            && version.Served?.OwnSchema.Published.IndexOf(field) >= 0),
        _time.GetUtcNow(),
        _options.KeepPrevious)
    {
        IsRaw = number => versions.Any(
            version => version.Location.Version == number && version.Served is { IsRaw: true }),
    };

    /// <summary>A publication with all that the request leaves open.</summary>
    public Publication Complete(string model, PublishRequest request)
    {
        TrafficOptions options = OptionsOf(model);
        GateOptions gates = request.Gates?.Invoke(options.Gates) ?? options.Gates;
        return new Publication(
            request.Version, request.As, request.Share, request.Steps ?? options.Steps, request.Hold ?? options.Hold,
            gates);
    }

    /// <summary>
    /// Makes an outcome durable and takes it over; a refusal gets a line too. The error, or null.
    /// </summary>
    /// <param name="model">The model.</param>
    /// <param name="act">What was done, without its versions.</param>
    /// <param name="before">The state before.</param>
    /// <param name="outcome">What it comes to.</param>
    /// <param name="request">Id of the request; empty where nobody asked.</param>
    public (ErrorCode Code, string Message) Commit(
        string model, TrafficAct act, TrafficState before, ActOutcome outcome, string request)
    {
        if (outcome.State is not { } next)
        {
            // A refusal that cannot be noted is refused all the same.
            TryWrite(new ControlLine(act.At, act.Actor, act.Act, model, request, null, Spelled(outcome)));
            return (outcome.Code, outcome.Message);
        }

        TrafficState decided = next with
        {
            Generation = before.Generation + 1,
            Last = act.From != 0 || act.To != 0 ? act : act with { From = before.Stable, To = next.Stable },
        };
        if (TryWrite(new ControlLine(act.At, act.Actor, act.Act, model, request, decided, "ok")) is { } problem)
        {
            return (ErrorCode.FailedPrecondition, problem);
        }

        _decided[model] = decided;
        return (ErrorCode.None, "");
    }

    /// <summary>
    /// Notes that a version failed; where the journal cannot be written, its status says so all the same.
    /// </summary>
    public void NoteFailed(VersionStatus status) => TryWrite(new ControlLine(
        _time.GetUtcNow(), "server", "failed", status.Model, "", null, $"version {status.Version}: {status.Reason}"));

    private string? TryWrite(ControlLine line)
    {
        try
        {
            _options.Journal?.Write(line);
            return null;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return $"the control folder cannot be written, so nothing was changed: {exception.Message}";
        }
    }

    private static long NumberOf(VersionHarness version) => version.Location.Version;

    private static string Spelled(ActOutcome outcome) => $"{outcome.Code}: {outcome.Message}";
}
