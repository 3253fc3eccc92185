using System.Collections.Immutable;
using Serving.Data;
using Serving.Engine.Ingest;
using Serving.Engine.Pipeline;

namespace Serving.Engine.Versions;

/// <summary>The Ready versions of one model, lowest first, each with what a request may say to it. Immutable.</summary>
internal sealed class ModelEntry
{
    private readonly ServedVersion[] _versions;
    private readonly RequestSchema[] _schemas;
    private readonly RequestFeed?[] _feeds;

    /// <summary>Makes the entry; each version's schema knows the others' fields.</summary>
    /// <param name="name">Name of the model.</param>
    /// <param name="versions">Its Ready versions.</param>
    /// <param name="fed">Every version, of any model, whose windows requests are to enter.</param>
    public ModelEntry(string name, IEnumerable<ServedVersion> versions, ImmutableArray<ServedVersion> fed)
    {
        Name = name;
        _versions = [.. versions.OrderBy(version => version.Number)];
        _feeds = [.. _versions.Select(version => RequestFeed.Of(version, fed))];
        _schemas = [.. _versions.Select((version, index) => SchemaBeside(version, _feeds[index]))];
    }

    /// <summary>Name of the model.</summary>
    public string Name { get; }

    /// <summary>Its Ready versions, lowest first.</summary>
    public ImmutableArray<ServedVersion> Versions => [.. _versions];

    /// <summary>Place of a Ready version, of the highest for 0, or -1. Allocates nothing.</summary>
    [HotPath]
    public int IndexOfReady(long version)
    {
        for (int index = _versions.Length - 1; index >= 0; index--)
        {
            if (version == 0 || _versions[index].Number == version)
            {
                return index;
            }
        }

        return -1;
    }

    /// <summary>The Ready version at a place.</summary>
    public ServedVersion ReadyAt(int index) => _versions[index];

    /// <summary>Takes the version at a place for one request; false when it was closed meanwhile.</summary>
    [HotPath]
    public bool TryRent(int index, out ScoringContext? context) =>
        _versions[index].TryRent(_schemas[index], _feeds[index], out context);

    private RequestSchema SchemaBeside(ServedVersion version, RequestFeed? feed)
    {
        RowSchema[] others = [.. _versions.Where(other => other != version).Select(other => other.OwnSchema.Published)];
        return new RequestSchema(version.Pipeline.Rows, version.Pipeline.LabelFields, others, feed?.Fields ?? []);
    }
}
