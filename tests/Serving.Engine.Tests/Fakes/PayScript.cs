using System.Text;
using Serving.Data;
using Serving.Engine.Bundles;

namespace Serving.Engine.Tests.Fakes;

/// <summary>A script with windows over one card's payments, and a linear model of its columns.</summary>
internal static class PayScript
{
    private const string Text = """
        features pay 1;
        request txn { id: string; at: time; card: string; amount: decimal(2); email: string?; } id id, time at;
        window c = txn by card last 1h, 1d;
        feature n = count() over c;
        feature total = sum(amount) over c;
        feature amount_log = log1p(amount);
        feature email_h = email -> hash(8);
        """;

    private const string Linear = """
        { "format": "serving.linear", "version": 1, "link": "logit", "bias": [-1.5],
          "dense": { "amount_log": [0.41], "n_1h": [0.2], "n_1d": [-0.01], "total_1h": [0.001], "total_1d": [0.0003] },
          "missing": { "n_1h": [0.11] },
          "ids": { "email_h": { "size": 10, "weights": [[2, 0.31], [7, -1.2], [9, 0.5]] } } }
        """;

    /// <summary>Packs the model as version 1 of <c>pay</c>.</summary>
    public static void Publish(BundleFolder folder, params string[] masked)
    {
        File.WriteAllText(folder["pay.feat"], Text);
        File.WriteAllText(folder["pay.json"], Linear);
        BundleDraft draft = BundleDraft.Create(
            new PackRequest
            {
                Name = "pay",
                ModelPath = folder["pay.json"],
                ScriptPath = folder["pay.feat"],
                Masked = [.. masked],
            },
            TimeProvider.System);
        BundleWriter.WriteToModels(draft, "pay", folder.Models);
    }

    /// <summary>Appends a row of the request event, by its number.</summary>
    public static void Fill(RowBatch rows, int number, long at)
    {
        int row = rows.AddRow();
        rows.SetText(row, 0, Encoding.UTF8.GetBytes($"t{number}"));
        rows.Set(row, 1, at);
        rows.SetText(row, 2, "card-4711"u8);
        rows.Set(row, 3, (number * 199) + 5);
        if (number % 2 == 0)
        {
            rows.SetText(row, 4, Encoding.UTF8.GetBytes($"person{number}@example.org"));
        }
    }
}
