using System.Collections.Immutable;
using Serving.Data;
using Serving.Engine.Ingest;
using Serving.Engine.Pipeline;
using Serving.Engine.Versions;

namespace Serving.Engine.Predictions.Log;

/// <summary>
/// How answers of one version, or ingested events of one declaration, become frames. Immutable and safe for use by
/// several threads.
/// </summary>
internal sealed class LogSource
{
    private LogSource(LogSchema schema, LogRowShape request, LogRowShape? features, byte[]? masks)
    {
        Schema = schema;
        Masks = masks;
        Request = request;
        Features = features;
    }

    /// <summary>Names and types.</summary>
    public LogSchema Schema { get; }

    /// <summary>The request's published fields, or the event's.</summary>
    public LogRowShape Request { get; }

    /// <summary>The features before encoders; null for an ingested event.</summary>
    public LogRowShape? Features { get; }

    /// <summary>
    /// How each of the request's fields is masked: <see cref="LogRowShape.Missing"/> not at all; null where none is.
    /// </summary>
    public byte[]? Masks { get; }

    /// <summary>Makes the source of a version's answers.</summary>
    /// <param name="version">The version.</param>
    /// <param name="said">
    /// What its requests may say at the moment: they hold fields of other versions' windows too.
    /// </param>
    /// <param name="by">The field that the traffic split goes by; null by none.</param>
    /// <param name="id">Number of the schema.</param>
    /// <param name="options">Which fields are masked.</param>
    public static LogSource Of(
        ServedVersion version, RequestSchema said, string? by, uint id, LogOptions options)
    {
        RowSchema rows = said.Rows;
        ImmutableArray<int> places = [.. Enumerable.Range(0, rows.Fields.Length).Where(said.IsSaid)];
        RowSchema raw = version.Pipeline.RawSchema;
        var request = new LogRowShape(rows.Name, rows, places);
        var features = new LogRowShape(raw.Name, raw, All(raw));
        var schema = new LogSchema
        {
            Id = id,
            Model = version.Model,
            Version = version.Number,
            Set = version.Script?.Name ?? "",
            Event = rows.Name,
            Request = request.Schema,
            IdField = version.Script is { } script ? places.IndexOf(script.IdField) : -1,
            Features = features.Schema,
            Events = [.. (version.Pipeline.Windows?.Logs ?? []).Select(log => log.Log.Event.Schema.Name)],
        };
        return new LogSource(schema, request, features, LogMasks.Of(version, request.Schema, by, options));
    }

    /// <summary>Whether frames of this source and another one's hold the same.</summary>
    public bool HoldsTheSameAs(LogSource other) => Schema.Model == other.Schema.Model
        && Schema.Version == other.Schema.Version && Schema.Set == other.Schema.Set
        && Schema.Event == other.Schema.Event && Schema.Request.Hash == other.Schema.Request.Hash
        && Schema.Features.Hash == other.Schema.Features.Hash && Schema.Events.SequenceEqual(other.Schema.Events)
        && Masks.AsSpan().SequenceEqual(other.Masks);

    /// <summary>Makes the source of ingested events.</summary>
    public static LogSource Of(IngestTarget target, uint id, LogOptions options)
    {
        RowSchema rows = target.Declaration.Schema;
        var request = new LogRowShape(rows.Name, rows, All(rows));
        var schema = new LogSchema
        {
            Id = id,
            Set = target.Set,
            Event = rows.Name,
            Request = request.Schema,
            Events = [rows.Name],
        };
        return new LogSource(schema, request, null, LogMasks.Of(target, request.Schema, options));
    }

    private static ImmutableArray<int> All(RowSchema rows) => [.. Enumerable.Range(0, rows.Fields.Length)];
}
