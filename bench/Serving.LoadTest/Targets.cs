using System.Text;
using System.Text.Json;

namespace Serving.LoadTest;

/// <summary>Makes the target that options ask for, with its requests encoded.</summary>
internal static class Targets
{
    /// <summary>Connects nothing yet.</summary>
    /// <exception cref="FormatException">No request is given, or a row is no JSON object.</exception>
    public static ILoadTarget Create(LoadOptions options, TargetOptions target) => target.Kind switch
    {
        TargetKind.Serving => new GrpcTarget(
            target.Address,
            "serving.v1.ScoringService",
            "Score",
            Payloads(options, row => RequestMessages.Score(options.Model, row)),
            options.Connections),
        TargetKind.Interop => new GrpcTarget(
            target.Address,
            "grpc.testing.TestService",
            "UnaryCall",
            [RequestMessages.Simple(options.Size)],
            options.Connections),
        _ => new RestTarget(
            target.Address,
            options.Model,
            Payloads(options, row => Encoding.UTF8.GetBytes(row.GetRawText())),
            options.Connections * options.Streams),
    };

    private static byte[][] Payloads(LoadOptions options, Func<JsonElement, byte[]> encode)
    {
        if (options.PayloadFile is not null)
        {
            return [File.ReadAllBytes(options.PayloadFile)];
        }

        string[] rows = options.RowsFile is not null ? File.ReadAllLines(options.RowsFile)
            : options.Row is not null ? [options.Row]
            : throw new FormatException("--row JSON, --rows FILE or --payload FILE is expected.");
        return [.. rows.Where(row => row.Length > 0).Select(row => encode(ParseRow(row)))];
    }

    private static JsonElement ParseRow(string row)
    {
        try
        {
            JsonElement element = JsonDocument.Parse(row).RootElement;
            return element.ValueKind == JsonValueKind.Object
                ? element
                : throw new FormatException($"A JSON object is expected: {row}");
        }
        catch (JsonException error)
        {
            throw new FormatException($"{error.Message} In the row {row}", error);
        }
    }
}
