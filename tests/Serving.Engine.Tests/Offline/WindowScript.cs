using System.Collections.Immutable;
using System.Text;
using Serving.Data;
using Serving.Features;
using Xunit;

namespace Serving.Engine.Tests.Offline;

/// <summary>A script with windows over the request and another event, and seeded rows of both with ties.</summary>
internal static class WindowScript
{
    private const string Text = """
        features t 1;
        request txn { id: string; at: time; card: string?; shop: int; amount: decimal(2)?; } id id, time at
          REQUEST_OPTIONS;
        event back { id: int; at: time; kn: time; shop: int; why: string?; } id id, time at, known kn, late 1d;
        window card = txn by card last 1h, 1d keep 5;
        window back = back by shop last 1d, 7d delay 1h;
        feature n = count() over card;
        feature total = sum(amount) over card;
        feature before = last(card) over card -> hash(50);
        feature same = count(where (shop == now.shop)) over card;
        feature backs = count() over back;
        feature reason = last(why) over back -> hash(100);
        feature spread = var(amount) over card;
        label bad = any(back where (why != "x") ?? false) on shop == shop within 1m;
        """;

    public static FeatureScript Compile(bool isDelayed)
    {
        string text = Text.Replace(
            "REQUEST_OPTIONS", isDelayed ? ", lag 90s" : ", late 2d", StringComparison.Ordinal);
        FeatureScript? script = FeatureScript.Compile(
            Encoding.UTF8.GetBytes(text), "t.feat", out ImmutableArray<Diagnostic> diagnostics);
        Assert.True(script is not null, string.Join('\n', diagnostics));
        return script;
    }

    /// <summary>Requests in order of time, several at the same one; some ids twice.</summary>
    public static RowBatch Requests(FeatureScript script, int count)
    {
        var random = new Random(11);
        var rows = new RowBatch(script.Request);
        long time = 1_772_359_200_000;
        for (int number = 0; number < count; number++)
        {
            time += random.Next(3) * 20_000;
            int row = rows.AddRow();
            rows.SetText(row, 0, Encoding.UTF8.GetBytes($"t{(number % 41 == 40 ? number - 7 : number)}"));
            rows.Set(row, 1, time);
            if (number % 13 != 0)
            {
                rows.SetText(row, 2, Encoding.UTF8.GetBytes($"c{random.Next(12)}"));
            }

            rows.Set(row, 3, random.Next(5));
            if (number % 7 != 0)
            {
                rows.Set(row, 4, random.Next(1, 100_000));
            }
        }

        return rows;
    }

    /// <summary>Events in order of known; some too late, some from the future.</summary>
    public static RowBatch Backs(FeatureScript script, int count)
    {
        var random = new Random(12);
        var rows = new RowBatch(script.EventNamed("back")!.Schema);
        long known = 1_772_359_200_000 - 3_600_000;
        for (int number = 0; number < count; number++)
        {
            known += random.Next(3) * 30_000;
            int row = rows.AddRow();
            rows.Set(row, 0, number % 29 == 28 ? number - 3 : number);
            rows.Set(row, 1, known - (random.Next(-7, 90_000) * 1000L));
            rows.Set(row, 2, known);
            rows.Set(row, 3, random.Next(5));
            if (number % 3 != 0)
            {
                rows.SetText(row, 4, Encoding.UTF8.GetBytes($"{(char)('x' + random.Next(3))}"));
            }
        }

        return rows;
    }
}
