namespace Serving.Cli.Tests.Running;

/// <summary>A small script with rows and models for it, as texts.</summary>
internal static class SmallModel
{
    public const string Script = """
        features pay 1 zone "UTC";

        request txn {
          id: string;
          at: time;
          amount: decimal(2);
          age: float?;
          city: string?;
        } id id, time at;

        feature amount_v = amount;
        feature age_v = age;
        feature city_v = city -> vocab(10);

        test "an amount" {
          when txn { id: "a", at: 2026-01-01T00:00:00Z, amount: 2.50 };
          expect amount_v == 2.50;
          expect age_v is missing;
        }

        """;

    public const string Rows = """
        id,at,amount,age,city
        a,2026-01-01T00:00:00Z,1.50,20,Rome
        b,2026-01-02T00:00:00Z,2.50,,Oslo
        c,2026-01-03T00:00:00Z,3.50,40.5,Rome

        """;

    public const string Linear = """
        { "format": "serving.linear", "version": 1, "link": "logit", "bias": [-1.5],
          "dense": { "amount_v": [0.25], "age_v": [-0.02] },
          "ids": { "city_v": { "size": 12, "weights": [[2, 0.5], [3, -0.25]] } } }
        """;

    /// <summary>A model whose inputs are the request's fields themselves.</summary>
    public const string Plain = """
        { "format": "serving.linear", "version": 1, "link": "identity", "bias": [1],
          "dense": { "x": [2], "y": [0.5] } }
        """;

    /// <summary>Writes script, rows, statistics and model and packs them as version 1; the bundle's folder.</summary>
    public static async Task<string> PackAsync(WorkFolder folder)
    {
        string script = folder.Write("pay.feat", Script);
        string rows = folder.Write("rows.csv", Rows);
        string model = folder.Write("linear.json", Linear);
        await CommandRun.DoneAsync(
            "features", "fit", script, "--data", $"txn={rows}", "--out", folder["statistics.json"]);
        await CommandRun.DoneAsync(
            "bundle", "pack", "--name", "pay", "--script", script, "--statistics", folder["statistics.json"],
            "--model", model, "--models", folder["models"]);
        return folder["models/pay/1"];
    }
}
