using Serving.Data;
using Serving.Data.Windows;
using Serving.Features.Tests.Fitting;
using Serving.Features.Tests.Properties;

namespace Serving.Features.Tests.Windows;

/// <summary>A script that reads windows of every kind, and rows and window values drawn for it.</summary>
internal static class WindowScripts
{
    public const string Head = """
        features t 1 zone "Europe/Berlin";
        request r { id: string; at: time; k: string?; s: string; a: decimal(2); n: int; m: int?; f: float;
          b: bool?; tags: list(string, 4); } id id, time at, late 10m;
        event e { id: int; at: time; kn: time; k: string; v: float?; w: string?; c: decimal(2); }
          id id, time at, known kn, late 2d;

        """;

    public const string RichText = Head + """
        window w = r by k last 1h, 1d where (m > 3) ?? true keep 9;
        window u = r by s last 7d keep 5;
        window x = e by k last 1h, 24h step 1h delay 90m;
        window z = e by k last lifetime;
        let usual = mean(a) over u ?? a;
        let name = last(w) over z ?? "none";
        let plain = n * 2;
        feature rel = a / usual -> clip(0.0, 50.0);
        feature counts = count() over w;
        feature sums = sum(a) over w -> quantiles(2, 4, 8);
        feature least = min(at) over u is missing;
        feature least_f = min(f) over w -> impute(-1);
        feature spread = var(v) over x -> standardize;
        feature first_s = first(s) over u -> hash(64);
        feature name_v = fold(name) -> vocab(10);
        feature name_x = cross(name, tags) -> hash(128);
        feature bucket = sum(n) over u -> edges(0, 10, 100);
        feature bucket_x = cross(bucket, s, plain) -> hash(32);
        feature is_big = bucket == 3;
        feature gap = seconds_since_last() over z;
        feature seen = any(b) over w;
        feature part = share(n > 3 where f > 0.0) over u -> tree(4);
        feature now_n = count(where n == now.n and (k == now.k) ?? false) over w;
        feature other = distinct(s where n > 1) over u -> bits(8);
        feature decayed = decay_sum(a, 3h) over w -> minmax;
        feature risk = smooth(count() over x, count() over w, prior: 0.1, weight: 5) -> rate(weight: 3);
        feature free = plain -> hash(16);
        feature tags_h = tags -> hash(16);
        label y = any(e where (v > now.f) ?? false) on k == k within 1h;

        """;

    public static readonly FeatureScript Rich = Scripts.Compile(RichText);

    public static RowBatch Rows(RowSchema schema, int count, Choice choice)
    {
        var rows = new RowBatch(schema);
        for (int row = 0; row < count; row++)
        {
            RowGenerator.Draw(schema, choice).AddTo(rows);
        }

        return rows;
    }

    /// <summary>Drawn window values; for some rows the state is missing.</summary>
    public static WindowValues Values(WindowPlan plan, int count, Choice choice, bool allStates = false)
    {
        var values = new WindowValues(plan);
        RowBatch drawn = Rows(plan.Values, count, choice);
        for (int row = 0; row < count; row++)
        {
            values.AddRow();
            if (!allStates && choice.OneIn(4))
            {
                values.MarkStateMissing(row);
            }
        }

        // The rows are there already; their slots and texts are copied in one piece.
        values.Rows.CopyFrom(drawn);
        return values;
    }
}
