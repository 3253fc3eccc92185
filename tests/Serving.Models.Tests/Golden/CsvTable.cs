using System.Text;

namespace Serving.Models.Tests.Golden;

/// <summary>
/// A small CSV file: header and cells as texts; enough for the golden cases, which quote where they must.
/// </summary>
internal sealed class CsvTable
{
    private CsvTable(string[] header, List<string[]> rows)
    {
        Header = header;
        Rows = rows;
    }

    public string[] Header { get; }

    public List<string[]> Rows { get; }

    public static CsvTable Read(string path)
    {
        string[] lines = File.ReadAllText(path).TrimEnd('\n').Split('\n');
        return new CsvTable(Cells(lines[0]), [.. lines.Skip(1).Select(Cells)]);
    }

    /// <summary>Columns whose names are <c>start_0 start_1 ...</c>, as numbers [rows, columns].</summary>
    public double[][] Numbers(string start)
    {
        int[] places = [.. Header.Select((name, i) => (name, i))
            .Where(pair => pair.name.StartsWith(start + "_", StringComparison.Ordinal)).Select(pair => pair.i)];
        return [.. Rows.Select(row => places.Select(place => Number(row[place])).ToArray())];
    }

    /// <summary>A cell as a number; an empty one is missing.</summary>
    public static double Number(string cell) => cell switch
    {
        "" => double.NaN,
        "inf" => double.PositiveInfinity,
        "-inf" => double.NegativeInfinity,
        _ => double.Parse(cell),
    };

    private static string[] Cells(string line)
    {
        List<string> cells = [];
        StringBuilder cell = new();
        bool quoted = false;
        foreach (char c in line.TrimEnd('\r'))
        {
            if (c == '"')
            {
                quoted = !quoted;
            }
            else if (c == ',' && !quoted)
            {
                cells.Add(cell.ToString());
                cell.Clear();
            }
            else
            {
                cell.Append(c);
            }
        }

        cells.Add(cell.ToString());
        return [.. cells];
    }
}
