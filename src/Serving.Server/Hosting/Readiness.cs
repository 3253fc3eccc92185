using Serving.Engine;

namespace Serving.Server.Hosting;

/// <summary>Whether requests are to be sent to this server. Safe for use by several threads.</summary>
internal sealed class Readiness
{
    private readonly InferenceEngine _engine;
    private readonly ServerState _state;
    private volatile bool _hasStarted;
    private volatile bool _isDraining;

    /// <summary>Makes it of an engine and its log; not ready yet.</summary>
    public Readiness(InferenceEngine engine, ServerState state)
    {
        _engine = engine;
        _state = state;
    }

    /// <summary>Why not, or empty when ready.</summary>
    public string WhyNot =>
        _isDraining ? "draining"
        : !_hasStarted ? "starting"
        : _engine.ReadyModels.Length == 0 ? "no model has a Ready version"
        : _state.Log is { IsRefusing: true } ? "the prediction log takes no records"
        : "";

    /// <summary>Whether the server stops.</summary>
    public bool IsDraining => _isDraining;

    /// <summary>The start is over: every version found is Ready or Failed, and the wire is warm.</summary>
    public void Start() => _hasStarted = true;

    /// <summary>The server stops.</summary>
    public void Drain() => _isDraining = true;
}
