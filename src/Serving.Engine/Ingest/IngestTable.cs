using System.Collections.Frozen;
using System.Collections.Immutable;
using Serving.Engine.Versions;

namespace Serving.Engine.Ingest;

/// <summary>Every event that may be brought, by set and name. Immutable and safe for use by several threads.</summary>
internal sealed class IngestTable
{
    private readonly FrozenDictionary<(string Set, string Event), IngestTarget> _targets;

    /// <summary>Makes the table of the Ready versions and of those that wait for their history.</summary>
    public IngestTable(ImmutableArray<ServedVersion> ready, ImmutableArray<ServedVersion> warming) =>
        _targets = IngestTarget.Of(ready, warming).ToFrozenDictionary(
            target => (target.Set, target.Declaration.Schema.Name));

    /// <summary>The event of a set, or null.</summary>
    public IngestTarget? Find(string set, string eventName) => _targets.GetValueOrDefault((set, eventName));

    /// <summary>Every event that is no request, by set and name.</summary>
    public ImmutableArray<EventDescription> Descriptions =>
    [
        .. _targets.Values.Where(target => !target.Declaration.IsRequest)
            .Select(target => new EventDescription(target.Set, target.Declaration.Schema))
            .OrderBy(found => found.Set, StringComparer.Ordinal)
            .ThenBy(found => found.Fields.Name, StringComparer.Ordinal),
    ];

    /// <summary>Why there is no such event, for people.</summary>
    public string Explain(string set, string eventName)
    {
        string[] events = [.. _targets.Values.Where(target => target.Set == set && !target.Declaration.IsRequest)
            .Select(target => target.Declaration.Schema.Name).Order(StringComparer.Ordinal)];
        string shownSet = set.Length > 64 ? set[..64] + "..." : set;
        string shownEvent = eventName.Length > 64 ? eventName[..64] + "..." : eventName;
        bool isKnown = _targets.Keys.Any(key => key.Set == set);
        IEnumerable<string> sets = _targets.Keys.Select(key => key.Set).Distinct().Order(StringComparer.Ordinal);
        return isKnown
            ? $"set '{shownSet}' has no event '{shownEvent}'; its events are: {string.Join(", ", events)}"
            : $"no Ready model uses a feature set '{shownSet}'; the sets are: "
                + string.Join(", ", sets.Take(20));
    }
}
