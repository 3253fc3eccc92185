using System.Collections.Immutable;
using System.Text;
using Serving.Data;
using Serving.Engine.Ingest;
using Serving.Engine.Pipeline;
using Serving.Engine.Routing;

namespace Serving.Engine.Versions;

/// <summary>
/// What is served: models by name with their Ready versions, and the status of every version that is known. Immutable;
/// the one published reference to it is the only control state that requests read.
/// </summary>
internal sealed class ModelTable
{
    private readonly ModelEntry[] _entries;
    private readonly Utf8NameTable _names;

    /// <summary>Makes a table; models without a Ready version have no entry.</summary>
    /// <param name="ready">Every Ready version.</param>
    /// <param name="statuses">The status of every version that is known.</param>
    /// <param name="warming">
    /// Versions that wait for their history: requests and ingested events of their sets enter their logs too.
    /// </param>
    /// <param name="trafficOf">The traffic of a model, by its name and its Ready versions, lowest first.</param>
    public ModelTable(
        ImmutableArray<ServedVersion> ready,
        ImmutableArray<VersionStatus> statuses,
        ImmutableArray<ServedVersion> warming,
        Func<string, long[], TrafficState> trafficOf)
    {
        Warming = warming;
        Ready = ready;
        _entries = [.. ready.GroupBy(version => version.Model).OrderBy(group => group.Key, StringComparer.Ordinal)
            .Select(group => new ModelEntry(
                group,
                trafficOf(group.Key, [.. group.Select(version => version.Number).Order()]),
                [.. ready, .. warming]))];
        _names = new Utf8NameTable(_entries.Select(entry => entry.Name));
        Statuses = statuses;
        ReadyModels = [.. _entries.Select(entry => entry.Name)];
        Events = new IngestTable(ready, warming);
    }

    private ModelTable(ModelTable table, ImmutableArray<VersionStatus> statuses)
    {
        _entries = table._entries;
        _names = table._names;
        Ready = table.Ready;
        Warming = table.Warming;
        ReadyModels = table.ReadyModels;
        Events = table.Events;
        Statuses = statuses;
    }

    /// <summary>A table without models.</summary>
    public static ModelTable Empty { get; } = new(
        [], [], [], (model, _) => new TrafficState { Model = model });

    /// <summary>Every Ready version, by model and version.</summary>
    public ImmutableArray<ServedVersion> Ready { get; }

    /// <summary>Versions that do not answer yet and whose windows are filled.</summary>
    public ImmutableArray<ServedVersion> Warming { get; }

    /// <summary>Every known version, by model and version.</summary>
    public ImmutableArray<VersionStatus> Statuses { get; }

    /// <summary>Models with a Ready version, in order.</summary>
    public ImmutableArray<string> ReadyModels { get; }

    /// <summary>The events of the Ready versions' feature sets.</summary>
    public IngestTable Events { get; }

    /// <summary>The same models under newer statuses.</summary>
    public ModelTable WithStatuses(ImmutableArray<VersionStatus> statuses) => new(this, statuses);

    /// <summary>The entry of a model, or null. Allocates nothing.</summary>
    [HotPath]
    public ModelEntry? Find(ReadOnlySpan<byte> model)
    {
        int index = _names.IndexOf(model);
        return index < 0 ? null : _entries[index];
    }

    /// <summary>
    /// Why a version is not Ready: NotFound, Unavailable while it comes, FailedPrecondition when it failed. Cold.
    /// </summary>
    public ErrorCode WhyNot(ReadOnlySpan<byte> model, long version)
    {
        VersionState? state = StateOf(Encoding.UTF8.GetString(model), version);
        return state switch
        {
            null or VersionState.Draining or VersionState.Retired => ErrorCode.NotFound,
            VersionState.Failed => ErrorCode.FailedPrecondition,
            _ => ErrorCode.Unavailable,
        };
    }

    /// <summary>The same in words. Cold.</summary>
    public string Explain(string model, long version, string label)
    {
        string name = model.Length > 128 ? model[..128] + "..." : model;
        if (!Statuses.Any(status => status.Model == model && status.Version > 0))
        {
            return $"no model '{name}'; the models are: {string.Join(", ", ReadyModels.Take(20))}";
        }

        string ready = Find(Encoding.UTF8.GetBytes(model)) is { } entry
            ? string.Join(", ", entry.Versions.Select(served => served.Number))
            : "none";
        if (label.Length > 0)
        {
            return $"no Ready version of model '{name}' has the label '{(label.Length > 64 ? label[..64] : label)}'; "
                + $"Ready versions: {ready}";
        }

        VersionState? state = StateOf(model, version);
        return version == 0
            ? $"model '{name}' has no Ready version"
            : state is null
                ? $"model '{name}' has no version {version}; Ready versions: {ready}"
                : $"version {version} of model '{name}' is {state}; Ready versions: {ready}";
    }

    // Without a number: the state that is nearest to Ready, so that a model that is still loading is not called failed.
    private VersionState? StateOf(string model, long version)
    {
        VersionState? nearest = null;
        foreach (VersionStatus status in Statuses)
        {
            bool isMeant = status.Model == model && status.Version > 0 && (version == 0 || status.Version == version);
            if (isMeant && (nearest is null or VersionState.Retired or VersionState.Draining or VersionState.Failed))
            {
                nearest = status.State;
            }
        }

        return nearest;
    }
}
