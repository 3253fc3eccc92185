using System.Text.Json;
using Serving.Data;
using Serving.Engine.Bundles;
using Serving.Tables;

namespace Serving.Cli.CommandLine;

/// <summary>
/// Reads the sample requests of <c>--samples</c>: rows of any table format, or JSON lines
/// <c>{"given": {...}, "request": {row}}</c>.
/// </summary>
internal static class SampleRows
{
    public static RowBatch Read(string file, RowSchema schema, RowReaderOptions options)
    {
        bool isJson = file.EndsWith(".jsonl", StringComparison.Ordinal);
        using Stream? requests = isJson ? Requests(file) : null;
        using IRowSource source = requests is null
            ? RowReader.Open(file, schema, options)
            : RowReader.Open(
                TableFormats.StandardStream,
                schema,
                options with { Format = TableFormat.JsonLines, StandardInput = requests });
        var rows = new RowBatch(schema);
        var chunkRows = new RowBatch(schema);
        while (source.ReadChunk() is { } chunk)
        {
            using (chunk)
            {
                chunk.Parse(chunkRows, null);
                RowTransfer.Append(chunkRows, rows);
            }

            if (rows.RowCount > BundleLimits.SamplesMax)
            {
                throw new InputException(new InputProblem(
                    file,
                    $"more than {BundleLimits.SamplesMax} rows",
                    "sample requests, few and typical",
                    "give fewer"));
            }
        }

        return rows;
    }

    // The requests out of lines with history; null where lines are plain rows.
    private static MemoryStream? Requests(string file)
    {
        var requests = new MemoryStream();
        int number = 0;
        foreach (string line in File.ReadLines(file).Where(line => !string.IsNullOrWhiteSpace(line)))
        {
            number++;
            using JsonDocument? document = Parse(line);
            if (document is null || !IsWithHistory(document.RootElement))
            {
                return null;
            }

            if (document.RootElement.TryGetProperty("given", out JsonElement given) && given.EnumerateObject().Any())
            {
                throw new InputException(new InputProblem(
                    $"{file}:{number}",
                    "rows under 'given'",
                    "none: this version has no windows",
                    "leave 'given' out"));
            }

            requests.Write(JsonSerializer.SerializeToUtf8Bytes(document.RootElement.GetProperty("request")));
            requests.WriteByte((byte)'\n');
        }

        requests.Position = 0;
        return requests;
    }

    private static bool IsWithHistory(JsonElement line) =>
        line.ValueKind == JsonValueKind.Object
        && line.TryGetProperty("request", out JsonElement request) && request.ValueKind == JsonValueKind.Object;

    private static JsonDocument? Parse(string line)
    {
        try
        {
            return JsonDocument.Parse(line);
        }
        catch (JsonException)
        {
            // The table reader names the line and what is wrong with it.
            return null;
        }
    }
}
