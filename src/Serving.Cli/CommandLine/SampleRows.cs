using System.Collections.Immutable;
using System.Text.Json;
using Serving.Data;
using Serving.Data.Windows;
using Serving.Engine.Bundles;
using Serving.Features;
using Serving.Tables;

namespace Serving.Cli.CommandLine;

/// <summary>
/// Reads the sample requests of <c>--samples</c>: rows of any table format, or JSON lines
/// <c>{"given": {"EVENT": [rows]}, "request": {row}}</c> where windows need a history.
/// </summary>
internal static class SampleRows
{
    /// <summary>Reads a file of samples.</summary>
    /// <exception cref="InputException">Rows are wrong; each problem names its line.</exception>
    public static SampleSet Read(string file, RowSchema schema, FeatureScript? script, RowReaderOptions options)
    {
        List<JsonElement>? lines = file.EndsWith(".jsonl", StringComparison.Ordinal) ? WithHistory(file) : null;
        var requests = new RowBatch(schema);
        if (lines is null)
        {
            using IRowSource source = RowReader.Open(file, schema, options);
            ReadAll(source, requests, file);
            return new SampleSet(requests);
        }

        ReadJson(lines.Select(line => line.GetProperty("request")), requests, options, file);
        var samples = new SampleSet(schema);
        RowTransfer.Append(requests, samples.Requests);
        for (int line = 0; line < lines.Count; line++)
        {
            samples.AddGiven(GivenOf(lines[line], $"{file}:{line + 1}", script, options));
        }

        return samples;
    }

    private static ImmutableArray<GivenEvents> GivenOf(
        JsonElement line, string place, FeatureScript? script, RowReaderOptions options)
    {
        if (!line.TryGetProperty("given", out JsonElement given))
        {
            return [];
        }

        if (given.ValueKind != JsonValueKind.Object)
        {
            throw new InputException(new InputProblem(
                $"{place}, 'given'", $"{given.ValueKind}", "an object of arrays of rows, by event"));
        }

        var events = ImmutableArray.CreateBuilder<GivenEvents>();
        foreach (JsonProperty member in given.EnumerateObject())
        {
            EventDeclaration? declaration = script?.EventNamed(member.Name);
            if (declaration is null || member.Value.ValueKind != JsonValueKind.Array)
            {
                string known = script is null ? "none, without a script" : string.Join(", ", script.EventNames);
                throw new InputException(new InputProblem(
                    $"{place}, 'given', '{member.Name}'",
                    $"{member.Value.ValueKind}",
                    $"an array of rows of an event of the script ({known})"));
            }

            var rows = new RowBatch(declaration.Schema);
            ReadJson(member.Value.EnumerateArray(), rows, options, $"{place}, '{member.Name}'");
            events.Add(new GivenEvents(member.Name, rows));
        }

        return events.ToImmutable();
    }

    private static void ReadJson(
        IEnumerable<JsonElement> elements, RowBatch rows, RowReaderOptions options, string place)
    {
        using var bytes = new MemoryStream();
        foreach (JsonElement element in elements)
        {
            bytes.Write(JsonSerializer.SerializeToUtf8Bytes(element));
            bytes.WriteByte((byte)'\n');
        }

        bytes.Position = 0;
        if (bytes.Length > 0)
        {
            using IRowSource source = RowReader.Open(
                TableFormats.StandardStream,
                rows.Schema,
                options with { Format = TableFormat.JsonLines, StandardInput = bytes });
            Placed.In(place, "stdin", () =>
            {
                ReadAll(source, rows, place);
                return true;
            });
        }
    }

    private static void ReadAll(IRowSource source, RowBatch rows, string file)
    {
        var chunkRows = new RowBatch(rows.Schema);
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
    }

    // Null where lines are plain rows, or no JSON: the table reader names the line and what is wrong with it.
    private static List<JsonElement>? WithHistory(string file)
    {
        var lines = new List<JsonElement>();
        foreach (string line in File.ReadLines(file).Where(line => !string.IsNullOrWhiteSpace(line)))
        {
            try
            {
                lines.Add(JsonElement.Parse(line));
            }
            catch (JsonException)
            {
                return null;
            }

            bool isSample = lines[^1].ValueKind == JsonValueKind.Object
                && lines[^1].TryGetProperty("request", out JsonElement request)
                && request.ValueKind == JsonValueKind.Object;
            if (!isSample)
            {
                return null;
            }
        }

        return lines;
    }
}
