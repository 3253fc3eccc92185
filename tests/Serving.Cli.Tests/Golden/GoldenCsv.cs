namespace Serving.Cli.Tests.Golden;

/// <summary>A file of numbers with one header row; enough for what the tools and <c>model score</c> write.</summary>
internal sealed record GoldenCsv(string[] Header, double[][] Rows)
{
    public static GoldenCsv Read(string path)
    {
        string[] lines = File.ReadAllText(path).TrimEnd('\n').Split('\n');
        return new GoldenCsv(
            lines[0].Split(','), [.. lines.Skip(1).Select(line => line.Split(',').Select(Number).ToArray())]);
    }

    /// <summary>The column of a name, one number per row.</summary>
    public double[] Column(string name)
    {
        int place = Array.IndexOf(Header, name);
        Assert.True(place >= 0, $"no column {name} in {string.Join(", ", Header)}");
        return [.. Rows.Select(row => row[place])];
    }

    private static double Number(string cell) => cell switch
    {
        "" or "\"\"" => double.NaN,
        "inf" => double.PositiveInfinity,
        "-inf" => double.NegativeInfinity,
        _ => double.Parse(cell),
    };
}
