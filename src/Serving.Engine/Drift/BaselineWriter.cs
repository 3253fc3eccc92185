using System.Text.Json.Nodes;
using Serving.Data.Json;

namespace Serving.Engine.Drift;

/// <summary>Writes <c>baseline.json</c>, canonical; docs/bundle-format.md says what it holds.</summary>
internal static class BaselineWriter
{
    /// <summary>Word that tells the format.</summary>
    public const string Format = "serving.baseline";

    /// <summary>Version of the format.</summary>
    public const int FormatVersion = 1;

    /// <summary>The bytes of a baseline.</summary>
    public static byte[] Write(DriftBaseline baseline) => CanonicalJson.Write(new JsonObject
    {
        ["format"] = Format,
        ["version"] = FormatVersion,
        ["rows"] = CanonicalJson.Integer(baseline.Rows),
        ["columns"] = new JsonArray([.. baseline.Columns.SkipLast(1).Select(Column)]),
        ["score"] = Column(baseline.Columns[^1]),
    });

    private static JsonObject Column(BaselineColumn column)
    {
        var written = new JsonObject
        {
            ["name"] = column.Name,
            ["missing"] = CanonicalJson.Integer(column.Missing),
            ["missing_share"] = column.MissingShare,
            ["counts"] = new JsonArray([.. column.Counts.Select(CanonicalJson.Integer)]),
        };
        if (column.IsText)
        {
            written["values"] = new JsonArray([.. column.Values.Select(value => JsonValue.Create(value))]);
            written["other"] = CanonicalJson.Integer(column.Other);
        }
        else
        {
            written["borders"] = new JsonArray([.. column.Borders.Select(border => JsonValue.Create(border))]);
        }

        return written;
    }
}
