using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Nodes;
using Serving.Data;
using Serving.Data.Json;
using Serving.Data.Windows;
using Serving.Features;

namespace Serving.Engine.Bundles;

/// <summary>
/// The two files of a bundle's samples: requests and what they must give, one JSON line for each sample.
/// </summary>
internal static class SampleFiles
{
    private static readonly JsonDocumentOptions Options = new()
    {
        MaxDepth = BundleLimits.JsonDepthMax,
        AllowDuplicateProperties = false,
    };

    /// <summary>Bytes of the requests' file.</summary>
    public static byte[] WriteRequests(SampleSet samples) => WriteLines(
        Enumerable.Range(0, samples.Count).Select(sample => LineOf(samples, sample)));

    /// <summary>Bytes of the expectations' file.</summary>
    public static byte[] WriteExpectations(IEnumerable<SampleExpectation> expectations) =>
        WriteLines(expectations.Select(expectation => expectation.Write()));

    /// <summary>
    /// Reads requests of a schema and their histories; notes every problem with its line. Total on hostile bytes.
    /// </summary>
    /// <param name="utf8">The file.</param>
    /// <param name="schema">The request's fields.</param>
    /// <param name="script">Declares the events of histories; null without any.</param>
    /// <param name="file">Name of the file, for problems.</param>
    /// <param name="problems">Receives what is wrong.</param>
    public static SampleSet ReadRequests(
        byte[] utf8, RowSchema schema, FeatureScript? script, string file, BundleProblems problems)
    {
        var samples = new SampleSet(schema);
        EachLine(utf8, file, problems, (line, place) =>
        {
            if (line.ValueKind == JsonValueKind.Object && line.TryGetProperty("request", out JsonElement request))
            {
                SampleJson.ReadRow(request, samples.Requests, place, problems);
                samples.AddGiven(ReadGiven(line, script, place, problems));
            }
            else
            {
                problems.Add(place, "another line", "{\"given\": {\"EVENT\": [rows]}, \"request\": {fields}}");
            }
        });
        return samples;
    }

    /// <summary>Reads expectations; notes every problem with its line. Total on hostile bytes.</summary>
    public static ImmutableArray<SampleExpectation> ReadExpectations(byte[] utf8, string file, BundleProblems problems)
    {
        var expectations = ImmutableArray.CreateBuilder<SampleExpectation>();
        EachLine(utf8, file, problems, (line, place) =>
        {
            if (SampleExpectation.Read(line, place, problems) is { } expectation)
            {
                expectations.Add(expectation);
            }
        });
        return expectations.ToImmutable();
    }

    private static JsonObject LineOf(SampleSet samples, int sample)
    {
        var line = new JsonObject { ["request"] = SampleJson.WriteRow(samples.Requests, sample) };
        if (!samples.GivenOf(sample).IsEmpty)
        {
            var given = new JsonObject();
            foreach (GivenEvents events in samples.GivenOf(sample))
            {
                given[events.Event] = new JsonArray([.. Enumerable.Range(0, events.Rows.RowCount)
                    .Select(row => SampleJson.WriteRow(events.Rows, row))]);
            }

            line["given"] = given;
        }

        return line;
    }

    private static ImmutableArray<GivenEvents> ReadGiven(
        JsonElement line, FeatureScript? script, string place, BundleProblems problems)
    {
        if (!line.TryGetProperty("given", out JsonElement given))
        {
            return [];
        }

        if (given.ValueKind != JsonValueKind.Object)
        {
            problems.Add($"{place}, 'given'", $"{given.ValueKind}", "an object of arrays of rows, by event");
            return [];
        }

        var events = ImmutableArray.CreateBuilder<GivenEvents>();
        foreach (JsonProperty member in given.EnumerateObject())
        {
            EventDeclaration? declaration = script?.EventNamed(member.Name);
            if (declaration is null || member.Value.ValueKind != JsonValueKind.Array)
            {
                problems.Add($"{place}, 'given', '{member.Name}'", $"{member.Value.ValueKind}",
                    "an array of rows of an event of the script");
                continue;
            }

            var rows = new RowBatch(declaration.Schema);
            foreach (JsonElement row in member.Value.EnumerateArray())
            {
                SampleJson.ReadRow(row, rows, $"{place}, '{member.Name}'", problems);
                CheckRequired(rows, $"{place}, '{member.Name}'", problems);
            }

            events.Add(new GivenEvents(member.Name, rows));
        }

        return events.ToImmutable();
    }

    private static void CheckRequired(RowBatch rows, string place, BundleProblems problems)
    {
        for (int field = 0; field < rows.FieldCount; field++)
        {
            Field declared = rows.Schema.Fields[field];
            if (!declared.Type.Optional && !rows.IsPresent(rows.RowCount - 1, field))
            {
                problems.Add($"{place}, row {rows.RowCount}, '{declared.Name}'", "nothing", $"{declared.Type}");
            }
        }
    }

    private static void EachLine(byte[] utf8, string file, BundleProblems problems, Action<JsonElement, string> take)
    {
        int start = 0;
        for (int number = 1; start < utf8.Length; number++)
        {
            if (number > BundleLimits.SamplesMax)
            {
                problems.Add(file, $"more than {BundleLimits.SamplesMax} lines", "fewer");
                return;
            }

            int length = utf8.AsSpan(start).IndexOf((byte)'\n');
            length = length < 0 ? utf8.Length - start : length;
            Take(utf8.AsMemory(start, length), $"{file}:{number}", problems, take);
            start += length + 1;
        }
    }

    private static void Take(
        ReadOnlyMemory<byte> line, string place, BundleProblems problems, Action<JsonElement, string> take)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(line, Options);
            take(document.RootElement, place);
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            problems.Add(place, exception.Message, "a JSON object");
        }
    }

    private static byte[] WriteLines(IEnumerable<JsonObject> lines)
    {
        var bytes = new MemoryStream();
        foreach (JsonObject line in lines)
        {
            bytes.Write(CanonicalJson.Write(line));
            bytes.Write("\n"u8);
        }

        return bytes.ToArray();
    }
}
