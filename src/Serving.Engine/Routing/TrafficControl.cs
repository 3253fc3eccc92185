using System.Collections.Immutable;
using Serving.Engine.Routing.Acts;
using Serving.Engine.Versions;

namespace Serving.Engine.Routing;

/// <summary>
/// The acts on models' traffic, and what there is to see of it. Acts on one model are taken one after the other; each
/// is durable before it takes effect. Safe for use by several threads.
/// </summary>
public sealed class TrafficControl
{
    private readonly VersionControl _control;

    internal TrafficControl(VersionControl control) => _control = control;

    /// <summary>Every model's table, by name.</summary>
    public ImmutableArray<ModelTraffic> All => _control.TrafficOfAll();

    /// <summary>A model's table; null where no version of it is known.</summary>
    public ModelTraffic? Of(string model) => _control.TrafficOf(model);

    /// <summary>How a model's shadows compare; empty without one.</summary>
    public ImmutableArray<ShadowComparison> ShadowsOf(string model) => _control.ShadowsOf(model);

    /// <summary>Sets shares by hand.</summary>
    public ActResult SetTraffic(string model, TrafficRequest request, ActOrigin origin) =>
        _control.Act(model, "traffic", origin, (state, facts) => SplitAct.Apply(state, request, facts));

    /// <summary>Publishes a version, at once where it is Ready, else as soon as it is.</summary>
    public ActResult Publish(string model, PublishRequest request, ActOrigin origin) => _control.Act(
        model, "publish", origin, (state, facts) => PublishAct.Apply(state, _control.Complete(model, request), facts));

    /// <summary>Makes the canary, or the version that is named (0: none is), stable.</summary>
    public ActResult Promote(string model, long version, ActOrigin origin) =>
        _control.Act(model, "promote", origin, (state, facts) => TrafficActs.Promote(state, version, facts));

    /// <summary>Takes a running canary back, or goes back to the previous or the named version (0: none is).</summary>
    public ActResult Rollback(string model, long to, ActOrigin origin) =>
        _control.Act(model, "rollback", origin, (state, facts) => TrafficActs.Rollback(state, to, facts));

    /// <summary>Has a version loaded and kept Ready.</summary>
    public ActResult Load(string model, long version, ActOrigin origin) =>
        _control.Act(model, "load", origin, (state, facts) => LoadActs.Load(state, version, facts));

    /// <summary>Has a version retired that has no share, no shadow and no label.</summary>
    public ActResult Unload(string model, long version, ActOrigin origin) =>
        _control.Act(model, "unload", origin, (state, facts) => LoadActs.Unload(state, version, facts));

    /// <summary>
    /// Notes that a version is about to be deleted; refused as <see cref="Unload"/> is. The caller deletes its bundle.
    /// </summary>
    public ActResult Delete(string model, long version, ActOrigin origin) =>
        _control.Act(model, "delete", origin, (state, facts) => LoadActs.Unload(state, version, facts));

    /// <summary>
    /// Notes that a bundle is about to be put into the folder by an act: from now on the table decides, and the new
    /// version gets nothing until it is published. The caller puts it there; the model may be one that nobody knows.
    /// </summary>
    public ActResult Commit(string model, long version, ActOrigin origin) =>
        _control.Act(
            model,
            "commit",
            origin,
            (state, _) => ActOutcome.Done(state with { Dropped = state.Dropped.Remove(version) }),
            mayBeNew: true);
}
