using System.Globalization;
using System.Text;
using Serving.Cli.Tests.Running;
using Serving.EndToEnd.Tests.Fixtures;

namespace Serving.EndToEnd.Tests.Drift;

/// <summary>
/// The model <c>shop</c>, packed by the commands with a baseline of rows that were drawn with a seed; its score does
/// not look at the amount.
/// </summary>
internal static class DriftModel
{
    public const int BaselineRows = 4_000;

    private const string Script = """
        features shop 1 zone "UTC";
        request order { id: string; at: time; amount: decimal(2); ratio: float; country: string?; } id id, time at;
        feature amount_v = amount;
        feature ratio_v = ratio;
        feature country_h = country -> hash(64);
        feature weekend = weekday(at) >= 6;
        """;

    private const string Model = """
        { "format": "serving.linear", "version": 1, "link": "logit", "bias": [-1.0], "dense": { "ratio_v": [2.0] } }
        """;

    /// <summary>Packs version 1 into a folder of models, with or without its baseline.</summary>
    public static async Task PublishAsync(ModelFolder folder, string name = "shop", bool withBaseline = true)
    {
        string script = Write(folder, $"{name}.feat", Script);
        string model = Write(folder, $"{name}.json", Model);
        string rows = Write(folder, $"{name}.csv", Csv(BaselineRows, 1));
        string raw = Path.Combine(folder.Root, $"{name}-raw.csv");
        await CommandRun.DoneAsync(
            "features", "run", script, "--data", $"order={rows}", "--raw", "--out", raw);
        string[] baseline = withBaseline ? ["--baseline", raw] : [];
        await CommandRun.DoneAsync(
        [
            "bundle", "pack", "--name", name, "--script", script, "--model", model, "--models", folder.Models,
            .. baseline,
        ]);
    }

    /// <summary>Rows as a JSON array; <paramref name="shift"/> is added to the amount alone.</summary>
    public static string Json(int count, int seed, int shift = 0)
    {
        var text = new StringBuilder("[");
        foreach ((long at, int amount, double ratio, string? country) in Draw(count, seed))
        {
            string place = country is null ? "null" : $"\"{country}\"";
            text.Append(text.Length > 1 ? "," : "").Append(
                CultureInfo.InvariantCulture,
                $$"""
                {"id":"r{{text.Length}}","at":{{at}},"amount":"{{amount + shift}}.00","ratio":{{ratio}},
                "country":{{place}}}
                """);
        }

        return text.Append(']').ToString();
    }

    private static string Csv(int count, int seed)
    {
        var text = new StringBuilder("id,at,amount,ratio,country\n");
        foreach ((long at, int amount, double ratio, string? country) in Draw(count, seed))
        {
            text.Append(CultureInfo.InvariantCulture, $"r{text.Length},{at},{amount}.00,{ratio},{country}\n");
        }

        return text.ToString();
    }

    private static IEnumerable<(long At, int Amount, double Ratio, string? Country)> Draw(int count, int seed)
    {
        var random = new Random(seed);
        for (int row = 0; row < count; row++)
        {
            long at = 1_772_445_600_000 + (random.Next(14) * 86_400_000L);
            string? country = random.Next(20) == 0 ? null : "CDEF".Substring(random.Next(4), 1);
            yield return (at, random.Next(1_000), random.NextDouble(), country);
        }
    }

    private static string Write(ModelFolder folder, string name, string text)
    {
        string path = Path.Combine(folder.Root, name);
        File.WriteAllText(path, text);
        return path;
    }
}
