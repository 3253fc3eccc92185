using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Nodes;
using Serving.Data;
using Serving.Data.Json;

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
    public static byte[] WriteRequests(RowBatch rows) => WriteLines(
        Enumerable.Range(0, rows.RowCount)
            .Select(row => new JsonObject { ["request"] = SampleJson.WriteRow(rows, row) }));

    /// <summary>Bytes of the expectations' file.</summary>
    public static byte[] WriteExpectations(IEnumerable<SampleExpectation> expectations) =>
        WriteLines(expectations.Select(expectation => expectation.Write()));

    /// <summary>Reads requests of a schema; notes every problem with its line. Total on hostile bytes.</summary>
    public static RowBatch ReadRequests(byte[] utf8, RowSchema schema, string file, BundleProblems problems)
    {
        var rows = new RowBatch(schema);
        EachLine(utf8, file, problems, (line, place) =>
        {
            if (line.ValueKind == JsonValueKind.Object && line.TryGetProperty("request", out JsonElement request))
            {
                SampleJson.ReadRow(request, rows, place, problems);
            }
            else
            {
                problems.Add(place, "another line", "{\"request\": {fields}}");
            }
        });
        return rows;
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
