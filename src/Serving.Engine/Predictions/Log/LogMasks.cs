using Serving.Data;
using Serving.Data.Windows;
using Serving.Engine.Ingest;
using Serving.Engine.Versions;
using Serving.Features;

namespace Serving.Engine.Predictions.Log;

/// <summary>
/// Which fields are masked, and how: one that is only a window's key, or that the traffic split goes by, is hashed, so
/// that equal values stay equal; any other is encrypted. A request's id and time are never masked: records are found by
/// them.
/// </summary>
internal static class LogMasks
{
    /// <summary>Masks of a version's requests by the field's place; null where there is none.</summary>
    /// <param name="version">The version.</param>
    /// <param name="request">Its fields.</param>
    /// <param name="by">The field that the traffic split goes by at the moment; null by none.</param>
    /// <param name="options">What is masked, and what the configuration splits by.</param>
    public static byte[]? Of(ServedVersion version, RowSchema request, string? by, LogOptions options)
    {
        HashSet<string> names = NamesOf(version, options);
        EventDeclaration? declaration = version.Script?.Events.First(known => known.IsRequest);
        options.SplitFields.TryGetValue(version.Model, out string? split);
        names.ExceptWith(NeededBy(version.Script));
        return Of(request, names, name => name == by || name == split || IsKeyAlone(version.Script, declaration, name));
    }

    /// <summary>Masks of an ingested event's rows; null where there is none.</summary>
    public static byte[]? Of(IngestTarget target, RowSchema rows, LogOptions options)
    {
        HashSet<string> names = [.. target.Versions.SelectMany(version => NamesOf(version, options))];
        return Of(
            rows, names,
            name => target.Versions.All(version => IsKeyAlone(
                version.Script, version.Script?.EventNamed(target.Declaration.Schema.Name), name)));
    }

    /// <summary>Whether a script uses a field of one of its events as a key and for nothing else.</summary>
    public static bool IsKeyAlone(FeatureScript? script, EventDeclaration? declaration, string name) =>
        script is not null && declaration is not null && declaration.Schema.IndexOf(name) is >= 0 and int field
        && script.IsKeyAlone(declaration, field);

    /// <summary>Names of the fields of a version that are to be masked.</summary>
    public static HashSet<string> NamesOf(ServedVersion version, LogOptions options) =>
        options.Masks.TryGetValue(version.Model, out var own)
            ? [.. version.Masked, .. own]
            : [.. version.Masked];

    private static IEnumerable<string> NeededBy(FeatureScript? script) => script is null
        ? []
        : [script.Request.Fields[script.IdField].Name, script.Request.Fields[script.TimeField].Name];

    private static byte[]? Of(RowSchema rows, HashSet<string> names, Func<string, bool> isHashed)
    {
        byte[] masks = new byte[rows.Fields.Length];
        for (int field = 0; field < masks.Length; field++)
        {
            string name = rows.Fields[field].Name;
            masks[field] = !names.Contains(name) ? LogRowShape.Missing
                : isHashed(name) ? LogRowShape.Hashed
                : LogRowShape.Sealed;
        }

        return masks.AsSpan().ContainsAnyExcept(LogRowShape.Missing) ? masks : null;
    }
}
