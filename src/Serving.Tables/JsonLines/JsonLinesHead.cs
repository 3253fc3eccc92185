using System.Collections.Immutable;
using System.Text.Json;
using Serving.Data;
using Serving.Tables.Columns;
using Serving.Tables.Files;

namespace Serving.Tables.JsonLines;

/// <summary>Reads the keys of the first object of a file.</summary>
internal static class JsonLinesHead
{
    public static ImmutableArray<string> Read(string path, InputFile input)
    {
        using var pieces = new PieceReader(path, input, new JsonLineCutter(), 1);
        pieces.SkipByteOrderMark();
        byte[] line = pieces.TakeRecord();
        try
        {
            using var json = JsonDocument.Parse(line);
            if (json.RootElement.ValueKind == JsonValueKind.Object)
            {
                return [.. json.RootElement.EnumerateObject().Select(member => member.Name)];
            }
        }
        catch (JsonException)
        {
            // Said below, with what stands there.
        }

        throw new InputException(new InputProblem($"{path}:1", CellProblems.Quote(line), "one JSON object per line"));
    }
}
