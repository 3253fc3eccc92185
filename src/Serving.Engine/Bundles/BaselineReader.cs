using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;
using Serving.Data;
using Serving.Engine.Drift;

namespace Serving.Engine.Bundles;

/// <summary>
/// Reads <c>baseline.json</c> and checks it against the features it stands beside. Total on hostile bytes: whatever is
/// wrong becomes a problem with its place.
/// </summary>
internal sealed class BaselineReader
{
    private static readonly JsonDocumentOptions Options = new()
    {
        MaxDepth = BundleLimits.JsonDepthMax,
        AllowDuplicateProperties = false,
    };

    private readonly string _file;
    private readonly BundleProblems _problems;

    private BaselineReader(string file, BundleProblems problems)
    {
        _file = file;
        _problems = problems;
    }

    /// <summary>The baseline, or null after noting at least one problem.</summary>
    /// <param name="utf8">The file.</param>
    /// <param name="file">Its name, for problems.</param>
    /// <param name="features">The version's features before encoders.</param>
    /// <param name="problems">Receives what is wrong.</param>
    public static DriftBaseline? Read(byte[] utf8, string file, RowSchema features, BundleProblems problems)
    {
        long before = problems.Count;
        try
        {
            using JsonDocument document = JsonDocument.Parse(utf8, Options);
            DriftBaseline? baseline =
                new BaselineReader(file, problems).Read(document.RootElement, new DriftColumns(features));
            return problems.Count == before ? baseline : null;
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            problems.Add(file, exception.Message, "JSON without repeated members");
            return null;
        }
    }

    private DriftBaseline? Read(JsonElement root, DriftColumns columns)
    {
        bool isBaseline = root.ValueKind == JsonValueKind.Object
            && root.TryGetProperty("format", out JsonElement format)
            && format.ValueKind == JsonValueKind.String && format.ValueEquals(BaselineWriter.Format);
        if (!isBaseline)
        {
            _problems.Add(_file, "another document", $"\"format\": \"{BaselineWriter.Format}\"");
            return null;
        }

        if (Count(root, "version", _file) != BaselineWriter.FormatVersion)
        {
            _problems.Add($"{_file}, version", "another version", $"{BaselineWriter.FormatVersion}");
            return null;
        }

        long rows = Count(root, "rows", _file);
        JsonElement[] listed = [.. Array(root, "columns", _file).Append(Member(root, "score"))];
        if (listed.Length != columns.Count)
        {
            _problems.Add($"{_file}, columns", $"{listed.Length - 1}", $"{columns.Count - 1}, one for each feature");
            return null;
        }

        return new DriftBaseline(
            rows, [.. listed.Select((element, index) => ReadColumn(element, columns, index, rows))]);
    }

    private BaselineColumn ReadColumn(JsonElement element, DriftColumns columns, int index, long rows)
    {
        string name = columns.Names[index];
        string place = index == columns.Count - 1 ? $"{_file}, score" : $"{_file}, '{name}'";
        bool isText = columns.IsText(index);
        if (Member(element, "name") is not { ValueKind: JsonValueKind.String } said || !said.ValueEquals(name))
        {
            _problems.Add(place, "a column of another name", $"'{name}', in the order of the features");
        }

        ImmutableArray<double> borders = isText ? [] : [.. Array(element, "borders", place).Select(NumberOf)];
        ImmutableArray<string> values = isText ? [.. Array(element, "values", place).Select(TextOf)] : [];
        var column = new BaselineColumn(
            name,
            isText,
            borders,
            values,
            [.. Array(element, "counts", place).Select(CountOf)],
            isText ? Count(element, "other", place) : 0,
            Count(element, "missing", place));
        Check(column, columns.Types[index], place, rows);
        return column;
    }

    private void Check(BaselineColumn column, FieldType type, string place, long rows)
    {
        int buckets = column.IsText ? column.Values.Length : column.Borders.Length + 1;
        int most = column.IsText ? DriftColumns.TextValuesMax : PopulationStability.Deciles;
        if (column.Counts.Length != buckets || buckets > most)
        {
            _problems.Add(
                place, $"{column.Counts.Length} counts of {buckets} buckets", $"a count for each, at most {most}");
        }

        bool isOrdered = true;
        for (int index = 0; index < column.Borders.Length; index++)
        {
            isOrdered &= double.IsFinite(column.Borders[index])
                && (index == 0 || column.Borders[index - 1] < column.Borders[index]);
        }

        if (!isOrdered || column.Values.Distinct(StringComparer.Ordinal).Count() != column.Values.Length)
        {
            _problems.Add(place, "buckets out of order or twice", "ascending finite borders, different values");
        }

        if (type.Kind == ValueKind.Digest && !column.Values.All(IsDigest))
        {
            _problems.Add(place, "a value that is no digest", "16 hex digits");
        }

        Int128 sum = column.Counts.Aggregate((Int128)column.Other + column.Missing, (all, count) => all + count);
        if (sum != rows)
        {
            _problems.Add(place, $"counts of {sum} rows", $"{rows}, as rows says");
        }
    }

    private static bool IsDigest(string value) => value.Length == 16
        && ulong.TryParse(value, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out _);

    private static JsonElement Member(JsonElement parent, string name) =>
        parent.ValueKind == JsonValueKind.Object && parent.TryGetProperty(name, out JsonElement member)
            ? member
            : default;

    private IEnumerable<JsonElement> Array(JsonElement parent, string name, string place)
    {
        if (Member(parent, name) is { ValueKind: JsonValueKind.Array } array)
        {
            return array.EnumerateArray();
        }

        _problems.Add($"{place}, {name}", "nothing of that kind", "an array");
        return [];
    }

    private long Count(JsonElement parent, string name, string place)
    {
        long count = CountOf(Member(parent, name));
        if (count < 0)
        {
            _problems.Add($"{place}, {name}", "no such number", "a count of rows");
        }

        return Math.Max(0, count);
    }

    // A count that is none becomes one that no sum of rows has.
    private static long CountOf(JsonElement element) => element.ValueKind == JsonValueKind.Number
        && element.TryGetInt64(out long count) && count >= 0 ? count : -1;

    private static double NumberOf(JsonElement element) =>
        element.ValueKind == JsonValueKind.Number && element.TryGetDouble(out double number) ? number : double.NaN;

    private static string TextOf(JsonElement element) =>
        element.ValueKind == JsonValueKind.String ? element.GetString()! : "";
}
