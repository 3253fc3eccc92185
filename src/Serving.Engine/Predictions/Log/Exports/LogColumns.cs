using System.Collections.Immutable;
using Serving.Data;

namespace Serving.Engine.Predictions.Log.Exports;

/// <summary>
/// The columns of an exported table: the members of a record, <c>request.FIELD</c> and <c>feature.COLUMN</c> of every
/// version. Times are ms since 1970; lists, digests, and fields whose type differs between versions are text.
/// </summary>
internal sealed class LogColumns(bool hasLabels)
{
    /// <summary>What stands in front of a request's field.</summary>
    public const string RequestPrefix = "request.";

    /// <summary>What stands in front of a feature.</summary>
    public const string FeaturePrefix = "feature.";

    private static readonly FieldType s_text = new(ValueKind.String, Optional: true);
    private static readonly FieldType s_int = new(ValueKind.Int, Optional: true);
    private static readonly FieldType s_float = new(ValueKind.Float, Optional: true);
    private static readonly FieldType s_bool = new(ValueKind.Bool, Optional: true);

    private static readonly ImmutableArray<Field> s_front =
    [
        new("id", s_text), new("at", s_int), new("model", s_text), new("version", s_int),
    ];

    private static readonly ImmutableArray<Field> s_back =
    [
        new("features_hash", s_text), new("score", s_float), new("raw_score", s_float), new("scores", s_text),
        new("raw_scores", s_text), new("error", s_text), new("degraded", s_bool), new("score_only", s_bool),
        new("state", s_text), new("step", s_text), new("decision", s_text), new("decision_reasons", s_text),
        new("explored", s_float), new("route.label", s_text), new("route.bucket", s_int),
        new("route.generation", s_int), new("timing_us.state", s_int), new("timing_us.features", s_int),
        new("timing_us.model", s_int), new("timing_us.total", s_int), new("trace", s_text), new("masked", s_text),
    ];

    private static readonly ImmutableArray<Field> s_labels =
    [
        new("label", s_float), new("label_known", s_int), new("mature", s_bool),
    ];

    private readonly List<string> _names = [];
    private readonly Dictionary<string, FieldType> _types = new(StringComparer.Ordinal);

    /// <summary>Adds a version's columns.</summary>
    public void Note(LogSchema schema)
    {
        foreach (Field field in schema.Request.Fields)
        {
            Add(RequestPrefix + field.Name, field.Type);
        }

        foreach (Field field in schema.Features.Fields)
        {
            Add(FeaturePrefix + field.Name, field.Type);
        }
    }

    /// <summary>A field that stands hashed in a record is text.</summary>
    public void NoteMasks(LogRecord record)
    {
        foreach ((int field, (byte head, _)) in record.Masked)
        {
            if (head == LogRowShape.Hashed)
            {
                Add(RequestPrefix + record.Schema!.Request.Fields[field].Name, s_text);
            }
        }
    }

    /// <summary>All columns; requests stand before features.</summary>
    public RowSchema ToSchema()
    {
        IEnumerable<Field> named = _names
            .OrderByDescending(name => name.StartsWith(RequestPrefix, StringComparison.Ordinal))
            .Select(name => new Field(name, _types[name]));
        return new RowSchema("log", [.. s_front, .. named, .. s_back, .. hasLabels ? s_labels : []]);
    }

    private void Add(string name, FieldType type)
    {
        FieldType shown = type.Kind switch
        {
            ValueKind.List or ValueKind.Digest => s_text,
            ValueKind.Time => s_int,
            _ => type.AsOptional(),
        };
        if (!_types.TryGetValue(name, out FieldType known))
        {
            _names.Add(name);
            _types[name] = shown;
        }
        else if (known != shown)
        {
            _types[name] = s_text;
        }
    }
}
