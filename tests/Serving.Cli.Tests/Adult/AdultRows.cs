using System.IO.Compression;
using System.Text;
using System.Text.Json.Nodes;
using Serving.Protocol.V1;

namespace Serving.Cli.Tests.Adult;

/// <summary>The rows of a census file as requests of the wire, with their labels.</summary>
internal sealed class AdultRows
{
    private const string At = "2020-01-01T00:00:00Z";

    private readonly string[] _header;
    private readonly string[][] _rows;

    public AdultRows(string path)
    {
        using GZipStream stream = new(File.OpenRead(path), CompressionMode.Decompress);
        using StreamReader reader = new(stream, Encoding.UTF8);
        string[] lines = reader.ReadToEnd().TrimEnd('\n').Split('\n');
        _header = lines[0].Split(',');
        _rows = [.. lines.Skip(1).Select(line => line.Split(','))];
    }

    public int Count => _rows.Length;

    public bool[] Labels => [.. _rows.Select(row => row[Array.IndexOf(_header, "income")] == ">50K")];

    /// <summary>A row as a message: numbers as integers, an empty cell left out.</summary>
    public Row Row(int number)
    {
        Row message = new()
        {
            Fields =
            {
                ["id"] = new Value { IntValue = number + 1 },
                ["at"] = new Value { StringValue = At },
            },
        };
        foreach ((string name, string cell) in Cells(number))
        {
            message.Fields[name] = long.TryParse(cell, out long whole)
                ? new Value { IntValue = whole }
                : new Value { StringValue = cell };
        }

        return message;
    }

    /// <summary>The same row as the object that REST takes.</summary>
    public string Json(int number)
    {
        JsonObject row = new() { ["id"] = number + 1, ["at"] = At };
        foreach ((string name, string cell) in Cells(number))
        {
            row[name] = long.TryParse(cell, out long whole) ? whole : cell;
        }

        return row.ToJsonString();
    }

    private IEnumerable<(string Name, string Cell)> Cells(int number) =>
        _header.Zip(_rows[number]).Where(pair => pair.Second.Length > 0 && pair.First != "income");
}
