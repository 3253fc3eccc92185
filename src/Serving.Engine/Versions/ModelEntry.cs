using System.Collections.Immutable;
using Serving.Data;
using Serving.Engine.Ingest;
using Serving.Engine.Pipeline;
using Serving.Engine.Routing;
using Serving.Engine.Routing.Shadows;

namespace Serving.Engine.Versions;

/// <summary>
/// The Ready versions of one model, lowest first, each with what a request may say to it, and the shares by which
/// requests come to them. Immutable but for a running number.
/// </summary>
internal sealed class ModelEntry
{
    private readonly ServedVersion[] _versions;
    private readonly RequestSchema[] _schemas;
    private readonly RequestFeed?[] _feeds;
    private readonly TrafficState _traffic;
    private readonly TrafficSplit _split;

    // For each place of the split that of its version here; of a version that is not Ready that of the default.
    private readonly int[] _routes;
    private readonly RouteKind[] _kinds;

    // Places of the field to split by, and of the request's id, in each version's rows; -1 without one.
    private readonly int[] _keys;
    private readonly int[] _ids;
    private readonly int _default;
    private readonly ShadowTable? _shadows;
    private long _running;

    /// <summary>Makes the entry; each version's schema knows the others' fields.</summary>
    /// <param name="versions">The model's Ready versions.</param>
    /// <param name="traffic">Its traffic.</param>
    /// <param name="fed">Every version, of any model, whose windows requests are to enter.</param>
    public ModelEntry(
        IEnumerable<ServedVersion> versions, TrafficState traffic, ImmutableArray<ServedVersion> fed)
    {
        _traffic = traffic;
        _versions = [.. versions.OrderBy(version => version.Number)];
        _feeds = [.. _versions.Select(version => RequestFeed.Of(version, fed))];
        _schemas = [.. _versions.Select((version, index) => SchemaBeside(version, _feeds[index]))];
        _split = TrafficSplit.Deal(traffic.Split, traffic.Canary, traffic.Stable);
        _default = PlaceOf(traffic.Stable) is >= 0 and int stable ? stable : _versions.Length - 1;
        _routes = [.. _split.Versions.Select(version => PlaceOf(version) is >= 0 and int place ? place : _default)];
        _kinds = [.. _versions.Select(version => traffic.KindOf(version.Number))];
        _keys = [.. _versions.Select(version => traffic.By is { } by ? version.Pipeline.Rows.IndexOf(by) : -1)];
        _shadows = ShadowTable.Of(traffic, _versions, [.. _schemas.Select(schema => schema.Rows)]);
        _ids = [.. _versions.Select(version => version.Script?.IdField ?? -1)];
    }

    /// <summary>Name of the model.</summary>
    public string Name => _traffic.Model;

    /// <summary>The field that traffic is split by; null by none.</summary>
    public string? By => _traffic.By;

    /// <summary>Its Ready versions, lowest first.</summary>
    public ImmutableArray<ServedVersion> Versions => [.. _versions];

    /// <summary>
    /// Place of a Ready version; for 0 that of the label, or without one of the version that takes what no other has a
    /// share of. -1 where there is none. Allocates nothing.
    /// </summary>
    [HotPath]
    public int IndexOfReady(long version, ReadOnlySpan<byte> label) =>
        version != 0 ? PlaceOf(version) : label.IsEmpty ? _default : PlaceOfLabel(label);

    /// <summary>The Ready version at a place.</summary>
    public ServedVersion ReadyAt(int index) => _versions[index];

    /// <summary>Takes the version at a place for one request; false when it was closed meanwhile.</summary>
    [HotPath]
    public bool TryRent(int index, bool isPinned, out ScoringContext? context)
    {
        if (!_versions[index].TryRent(_schemas[index], _feeds[index], out context))
        {
            return false;
        }

        RouteKind kind = isPinned ? RouteKind.Pinned : _kinds[index];
        context!.Place(this, new RequestRoute(kind, -1, _traffic.Generation));
        return true;
    }

    /// <summary>
    /// Routes a request whose rows are filled: notes its bucket, and the place of the version that is to answer it.
    /// Allocates nothing.
    /// </summary>
    [HotPath]
    public int Route(ScoringContext context)
    {
        int place = PlaceOf(context.Version);
        int bucket = BucketOf(context, place);
        int dealt = _split.PlaceOf(bucket);
        int target = dealt < 0 ? _default : _routes[dealt];
        context.Place(this, new RequestRoute(_kinds[target], bucket, _traffic.Generation));
        return target;
    }

    /// <summary>Which requests are copied to shadows; null without one.</summary>
    public ShadowTable? Shadows => _shadows;

    /// <summary>Place of the version that a context belongs to.</summary>
    [HotPath]
    public int PlaceOf(ScoringContext context) => PlaceOf(context.Version);

    /// <summary>
    /// The bucket of one row, its shared fields given to it, under another seed than traffic's. Allocates nothing.
    /// </summary>
    [HotPath]
    public int BucketOf(ScoringContext context, int row, long seed)
    {
        int place = PlaceOf(context.Version);
        ReadOnlySpan<byte> model = context.ModelUtf8;
        int bucket = Router.BucketOf(model, context.Rows, row, _keys[place], seed);
        bucket = bucket >= 0 ? bucket : Router.BucketOf(model, context.Rows, row, _ids[place], seed);
        return bucket >= 0 ? bucket : Router.BucketOf(model, Interlocked.Increment(ref _running));
    }

    private int BucketOf(ScoringContext context, int place)
    {
        ReadOnlySpan<byte> model = context.ModelUtf8;
        int bucket = KeyBucket(context, model, _keys[place]);
        bucket = bucket >= 0 ? bucket : KeyBucket(context, model, _ids[place]);
        return bucket >= 0 ? bucket : Router.BucketOf(model, Interlocked.Increment(ref _running));
    }

    // A batch goes by the shared fields, else by its first row.
    private static int KeyBucket(ScoringContext context, ReadOnlySpan<byte> model, int field)
    {
        int bucket = context.Shared.RowCount > 0 ? Router.BucketOf(model, context.Shared, 0, field) : -1;
        return bucket < 0 && context.Rows.RowCount > 0
            ? Router.BucketOf(model, context.Rows, 0, field)
            : bucket;
    }

    private int PlaceOf(long version)
    {
        for (int index = _versions.Length - 1; index >= 0; index--)
        {
            if (_versions[index].Number == version)
            {
                return index;
            }
        }

        return -1;
    }

    private int PlaceOfLabel(ReadOnlySpan<byte> label)
    {
        long version = label.SequenceEqual("stable"u8) ? _traffic.Stable
            : label.SequenceEqual("canary"u8) ? _traffic.Canary
            : label.SequenceEqual("previous"u8) ? _traffic.Previous
            : 0;
        return version == 0 ? -1 : PlaceOf(version);
    }

    private RequestSchema SchemaBeside(ServedVersion version, RequestFeed? feed)
    {
        RowSchema[] others = [.. _versions.Where(other => other != version).Select(other => other.OwnSchema.Published)];
        return new RequestSchema(version.Pipeline.Rows, version.Pipeline.LabelFields, others, feed?.Fields ?? []);
    }
}
