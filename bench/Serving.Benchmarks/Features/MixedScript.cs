using System.Collections.Immutable;
using System.Text;
using Serving.Data;
using Serving.Features;
using Serving.Features.Fitting;

namespace Serving.Benchmarks.Features;

/// <summary>A script of 30 features without windows, as serving scripts mix them, with rows and statistics.</summary>
internal static class MixedScript
{
    /// <summary>Request fields that all scripts of the benchmarks share.</summary>
    public const string Request = """
        features bench 1 zone "Europe/Berlin";
        request r { id: string; at: time; card: string; amount: decimal(2); limit: decimal(2)?; age: int; visits: int?;
          score: float; ratio: float?; mcc: string?; country: string; channel: string?; user: int; known: bool; }
          id id, time at;

        """;

    private const string Features = """
        let local_hour = hour(at);
        feature amount_v = amount;
        feature amount_log = log1p(amount);
        feature amount_rel = amount / limit;
        feature amount_left = limit - amount;
        feature amount_b = amount -> quantiles(16);
        feature amount_small = amount < 2.00;
        feature amount_whole = (amount % 10.00 == 0.00) ?? false;
        feature hour_v = local_hour;
        feature night = local_hour in [0, 1, 2, 3, 4, 5];
        feature weekday_v = weekday(at);
        feature day_v = day(at);
        feature month_v = month(at);
        feature score_v = score * 2.0 + 1.0;
        feature score_b = score -> edges(0.1, 0.25, 0.5, 0.75, 0.9);
        feature ratio_c = (ratio ?? 0.0) -> clip(0.0, 0.8);
        feature ratio_z = ratio -> impute(median) -> standardize;
        feature ratio_na = ratio is missing;
        feature age_b = age -> edges(18, 25, 35, 45, 55, 65);
        feature visits_log = log1p(visits);
        feature busy = (visits > 10 and age < 40) ?? false;
        feature spread = abs(score - (ratio ?? 0.5));
        feature older = if age > 50 then score else 1.0 - score;
        feature mcc_v = mcc -> vocab(64);
        feature country_v = country -> vocab(64);
        feature online = (channel == "online") ?? false;
        feature near = country in ["DE", "AT", "CH"];
        feature user_h = user -> hash(1048576);
        feature card_h = card -> hash(1048576);
        feature mcc_x_hour = cross(mcc, local_hour) -> hash(262144);
        feature known_v = known;
        """;

    /// <summary>The 30 features.</summary>
    public static string Text => Request + Features;

    /// <summary>A program of a script, fitted on the rows where it must be.</summary>
    public static FeatureProgram Program(string text, RowBatch? rows = null)
    {
        FeatureScript script = FeatureScript.Compile(
            Encoding.UTF8.GetBytes(text), "bench.feat", out ImmutableArray<Diagnostic> problems)
            ?? throw new InvalidOperationException(string.Join('\n', problems));
        RowBatch fitted = rows ?? Rows(script.Request, 4096);
        return FeatureProgram.Create(
            script,
            script.NeedsStatistics ? StatisticsFitter.Fit(script, () => new BatchRows(fitted), new()) : null);
    }

    /// <summary>A layout in which every column is dense.</summary>
    public static FeatureLayout AllDense(FeatureProgram program) => new(
        [.. Enumerable.Range(0, program.Columns.Length)], [.. program.Columns.Select(_ => -1)]);

    /// <summary>Random rows of <see cref="Request"/>; one optional value in ten is missing.</summary>
    public static RowBatch Rows(RowSchema schema, int count)
    {
        Random random = new(5);
        RowBatch rows = new(schema);
        for (int row = 0; row < count; row++)
        {
            rows.AddRow();
            for (int field = 0; field < schema.Fields.Length; field++)
            {
                if (!schema.Fields[field].Type.Optional || random.Next(10) > 0)
                {
                    Fill(rows, row, field, random);
                }
            }
        }

        return rows;
    }

    private static void Fill(RowBatch rows, int row, int field, Random random)
    {
        switch (rows.Schema.Fields[field].Name)
        {
            case "id":
                rows.SetText(row, field, Encoding.UTF8.GetBytes($"row-{row}"));
                break;
            case "card":
                rows.SetText(row, field, Encoding.UTF8.GetBytes($"c{random.Next(1_000_000)}"));
                break;
            case "mcc":
                int code = 5000 + (int)(60 * Math.Pow(random.NextDouble(), 3));
                rows.SetText(row, field, Encoding.UTF8.GetBytes($"{code}"));
                break;
            case "country":
                string[] countries = ["DE", "AT", "CH", "FR", "IT", "ES", "PL", "NL", "BE", "US"];
                rows.SetText(row, field, Encoding.UTF8.GetBytes(countries[random.Next(countries.Length)]));
                break;
            case "channel":
                rows.SetText(row, field, random.Next(2) == 0 ? "online"u8 : "terminal"u8);
                break;
            case "at":
                rows.Set(row, field, 1_760_000_000_000 + random.NextInt64(30_000_000_000));
                break;
            case "score" or "ratio":
                rows.SetFloat(row, field, random.NextDouble());
                break;
            case "amount" or "limit":
                rows.Set(row, field, random.NextInt64(100_000));
                break;
            case "known":
                rows.Set(row, field, random.Next(2));
                break;
            default:
                rows.Set(row, field, random.Next(80));
                break;
        }
    }
}
