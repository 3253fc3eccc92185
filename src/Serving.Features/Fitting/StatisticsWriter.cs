using System.Text;
using System.Text.Json.Nodes;
using Serving.Data.Json;
using Serving.Data.Numerics;
using Serving.Features.Binding.Tree;
using Serving.Features.Types;

namespace Serving.Features.Fitting;

/// <summary>Statistics as JSON; docs/statistics.schema.json is the layout's schema (R103).</summary>
internal static class StatisticsWriter
{
    /// <summary>The canonical bytes of a document.</summary>
    public static byte[] Write(StatisticsDocument document) => CanonicalJson.Write(new JsonObject
    {
        ["format"] = StatisticsDocument.FormatName,
        ["language"] = document.Language,
        ["tzdb"] = document.TzdbVersion,
        ["unicode"] = document.UnicodeVersion,
        ["script"] = new JsonObject
        {
            ["name"] = document.ScriptName,
            ["version"] = CanonicalJson.Integer(document.ScriptVersion),
            ["text"] = document.ScriptText,
            ["sha256"] = document.ScriptSha256,
        },
        ["fitting"] = Fitting(document),
        ["encoders"] = ArrayOf(document.Entries, Entry),
    });

    /// <summary>Share of rows without a value; 0 of no rows.</summary>
    public static double MissingRate(FittedCounts counts) =>
        counts.Missing == 0 ? 0 : counts.Missing / ((double)counts.Missing + counts.Present);

    private static JsonObject Fitting(StatisticsDocument document) => new()
    {
        ["rows"] = CanonicalJson.Integer(document.Facts.Rows),
        ["repeated"] = CanonicalJson.Integer(document.Facts.Repeated),
        ["outside"] = CanonicalJson.Integer(document.Facts.Outside),
        ["excluded"] = CanonicalJson.Integer(document.Facts.Excluded),
        ["saturations"] = CanonicalJson.Integer(document.Facts.Saturations),
        ["first_time"] = Optional(document.Facts.FirstTime),
        ["last_time"] = Optional(document.Facts.LastTime),
        ["from"] = Optional(document.From),
        ["until"] = Optional(document.Until),
        ["where"] = document.Where,
    };

    private static JsonObject Entry(StatisticsEntry entry)
    {
        FittedCounts observed = entry.Fitted.Observed;
        var written = new JsonObject
        {
            ["member"] = entry.Member,
            ["position"] = CanonicalJson.Integer(entry.Position),
            ["kind"] = entry.Kind.ToString().ToLowerInvariant(),
            ["present"] = CanonicalJson.Integer(observed.Present),
            ["missing"] = CanonicalJson.Integer(observed.Missing),
            ["missing_rate"] = MissingRate(observed),
        };
        if (entry.Fitted.Sketch is { } sketch)
        {
            written["sketch"] = sketch;
        }

        switch (entry.Fitted)
        {
            case FittedBorders borders:
                WriteBorders(written, entry, borders);
                break;
            case FittedVocabulary vocabulary:
                WriteVocabulary(written, vocabulary);
                break;
            case FittedRates rates:
                WriteRates(written, rates);
                break;
            case FittedMoments moments:
                written["mean"] = HexFloat.Format(moments.Mean);
                written["std"] = HexFloat.Format(moments.StandardDeviation);
                break;
            case FittedRange range:
                written["min"] = HexFloat.Format(range.Min);
                written["max"] = HexFloat.Format(range.Max);
                break;
            case FittedFill fill:
                written["mode"] = entry.Impute.ToString().ToLowerInvariant();
                written["value"] = HexFloat.Format(fill.Value);
                break;
            default:
                throw new InvalidOperationException($"{entry.Fitted.GetType().Name} is unknown");
        }

        return written;
    }

    private static void WriteBorders(JsonObject written, StatisticsEntry entry, FittedBorders borders)
    {
        if (entry.Kind != EncoderKind.Quantiles)
        {
            AddBorders(written, borders, 0);
            return;
        }

        written["sizes"] = ArrayOf(Enumerable.Range(0, entry.Sizes.Length), size =>
        {
            var one = new JsonObject
            {
                ["size"] = CanonicalJson.Integer(entry.Sizes[size]),
                ["column"] = entry.Columns[size],
            };
            AddBorders(one, borders, size);
            if (entry.MergedInto(size) is { } kept)
            {
                one["merged_into"] = kept;
            }

            return one;
        });
    }

    // Counts of the buckets: ids from 2 on; 0 is counted by "missing", 1 never occurs.
    private static void AddBorders(JsonObject written, FittedBorders borders, int size)
    {
        written["borders"] = ArrayOf(borders.BySize[size], border => HexFloat.Format(border));
        written["counts"] = ArrayOf(borders.Observed.Ids[size].Skip(2), CanonicalJson.Integer);
    }

    private static void WriteVocabulary(JsonObject written, FittedVocabulary vocabulary)
    {
        written["type"] = vocabulary.Type.ToString();
        written["words"] = ArrayOf(vocabulary.Words, word => Value(word, vocabulary.Type));
        written["counts"] = ArrayOf(vocabulary.Counts, CanonicalJson.Integer);
        written["unseen"] = CanonicalJson.Integer(vocabulary.Observed.Ids[0][1]);
    }

    private static void WriteRates(JsonObject written, FittedRates rates)
    {
        written["type"] = rates.Type.ToString();
        written["values"] = ArrayOf(rates.Values, value => Value(value, rates.Type));
        written["counts"] = ArrayOf(rates.Counts, CanonicalJson.Integer);
        written["positives"] = ArrayOf(rates.Positives, CanonicalJson.Integer);
        written["labelled_rows"] = CanonicalJson.Integer(rates.Labelled);
        written["positive_rows"] = CanonicalJson.Integer(rates.AllPositives);
    }

    // Strings as such, bools bare, floats as hex, all else the integer of the slot (minor units, milliseconds).
    private static JsonNode Value(CategoryValue value, CategoryType type) => type.Kind switch
    {
        TypeKind.String => Encoding.UTF8.GetString(value.Text.AsSpan()),
        TypeKind.Bool => value.Slot != 0,
        TypeKind.Float => HexFloat.Format(BitConverter.Int64BitsToDouble(value.Slot)),
        _ => CanonicalJson.Integer(value.Slot),
    };

    private static JsonNode? Optional(long? value) => value is { } given ? CanonicalJson.Integer(given) : null;

    private static JsonArray ArrayOf<T>(IEnumerable<T> items, Func<T, JsonNode?> write) =>
        new([.. items.Select(write)]);
}
