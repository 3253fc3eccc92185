using System.Collections.Immutable;
using System.Text;
using Serving.Data;
using Serving.Features;
using Xunit;

namespace Serving.Engine.Tests.Fakes;

/// <summary>A script without windows and fitted encoders, and a linear model of its columns.</summary>
internal static class CardScript
{
    public const string Text = """
        features card 1;
        request txn { id: string; at: time; amount: decimal(2); mcc: string?; age: float?; tags: list(string, 4)?;
          fraud: bool; } id id, time at;
        feature amount_log = log1p(amount);
        feature age_log = log1p(age);
        feature mcc_h = mcc -> hash(100);
        feature age_b = age -> edges(18.0, 30.0);
        feature tag_h = tags -> hash(50);
        feature night = hour(at) in [0, 1, 2, 3];
        label is_fraud = fraud;
        """;

    public const string Linear = """
        { "format": "serving.linear", "version": 1, "link": "logit", "bias": [-1.5],
          "dense": { "amount_log": [0.41], "age_log": [-0.2] }, "missing": { "age_log": [0.11] },
          "ids": { "tag_h": { "size": 52, "weights": [[2, 0.31], [17, -1.2], [33, 0.5]] },
                   "mcc_h": { "size": 102, "file": "mcc.bin" },
                   "night": { "size": 4, "weights": [[3, 0.7]] } } }
        """;

    public static FeatureScript Compile()
    {
        FeatureScript? script = FeatureScript.Compile(
            Encoding.UTF8.GetBytes(Text), "card.feat", out ImmutableArray<Diagnostic> diagnostics);
        Assert.True(script is not null, string.Join('\n', diagnostics));
        return script;
    }

    /// <summary>Writes script, model and the model's weight file; returns the paths of the first two.</summary>
    public static (string Script, string Model) Write(string folder)
    {
        string script = Path.Combine(folder, "card.feat");
        string model = Path.Combine(folder, "linear.json");
        File.WriteAllText(script, Text);
        File.WriteAllText(model, Linear);
        byte[] weights = new byte[102 * 4];
        for (int id = 0; id < 102; id++)
        {
            BitConverter.GetBytes(id % 7 / 8f).CopyTo(weights, id * 4);
        }

        File.WriteAllBytes(Path.Combine(folder, "mcc.bin"), weights);
        return (script, model);
    }

    /// <summary>A row of the request event, by its number.</summary>
    public static void Fill(RowBatch rows, int row, long number)
    {
        rows.SetText(row, 0, Encoding.UTF8.GetBytes($"t{number}"));
        rows.Set(row, 1, 1_772_359_200_000 + (number * 3_600_000));
        rows.Set(row, 2, number * 199);
        if (number % 3 != 0)
        {
            rows.SetText(row, 3, Encoding.UTF8.GetBytes($"{5000 + (number % 40)}"));
        }

        if (number % 4 != 0)
        {
            rows.SetFloat(row, 4, 10 + (number % 50));
        }

        if (number % 5 != 0)
        {
            rows.BeginList();
            for (int tag = 0; tag < number % 4; tag++)
            {
                rows.AddItem(rows.AddText(Encoding.UTF8.GetBytes($"tag{tag + (number % 3)}")));
            }

            rows.EndList(row, 5);
        }
    }
}
