using System.Collections.Immutable;
using System.Diagnostics;
using System.Globalization;
using DuckDB.NET.Data;
using Serving.Data.Time;
using Serving.Engine.Offline;
using Serving.Engine.Offline.Feeds;
using Serving.Features;
using Serving.Tables;

namespace Serving.Benchmarks.Quick;

/// <summary>
/// The 15 handbook features over all payments, from CSV to CSV: our offline run beside DuckDB's windows in SQL, in one
/// process one after the other, wall and CPU time of each.
/// </summary>
internal static class QuickHandbook
{
    private static readonly ImmutableDictionary<string, string> s_renames = new Dictionary<string, string>
    {
        ["id"] = "TRANSACTION_ID", ["at"] = "TX_DATETIME", ["customer"] = "CUSTOMER_ID", ["terminal"] = "TERMINAL_ID",
        ["amount"] = "TX_AMOUNT", ["fraud"] = "TX_FRAUD",
    }.ToImmutableDictionary();

    public static void Run(TextWriter output, string script, string payments, string folder)
    {
        TimeSpan[] ours = Measure(() => RunOurs(script, payments, Path.Combine(folder, "ours.csv")));
        TimeSpan[] duckDb = Measure(() => RunDuckDb(payments, Path.Combine(folder, "duckdb.csv")));
        string[] lines =
        [
            $"serving: {ours[0].TotalSeconds:F1} s, {ours[1].TotalSeconds:F1} s of processors",
            $"DuckDB:  {duckDb[0].TotalSeconds:F1} s, {duckDb[1].TotalSeconds:F1} s of processors",
            $"DuckDB / serving: {duckDb[0] / ours[0]:F2} in time, {duckDb[1] / ours[1]:F2} in processor time",
        ];
        foreach (string line in lines)
        {
            output.WriteLine(line);
        }
    }

    private static TimeSpan[] Measure(Action run)
    {
        TimeSpan before = Environment.CpuUsage.TotalTime;
        var watch = Stopwatch.StartNew();
        run();
        return [watch.Elapsed, Environment.CpuUsage.TotalTime - before];
    }

    private static void RunOurs(string script, string payments, string results)
    {
        FeatureScript compiled = FeatureScript.Compile(File.ReadAllBytes(script), script, out _)
            ?? throw new ArgumentException("the script does not compile", nameof(script));
        var run = new FeatureRun(FeatureProgram.Create(compiled, null), raw: true);
        var reading = new RowReaderOptions(ZoneTable.Utc) { Renames = s_renames };
        RowOpener open = (schema, _) => RowReader.Open(payments, schema, reading);
        var files = new OfflineFiles
        {
            Openers = ImmutableDictionary<string, RowOpener>.Empty.Add("txn", open).Add("outcome", open),
            SpillFolder = Path.GetTempPath(),
        };
        run.Run(
            files,
            kept => RowWriter.Create(results, run.Output, kept, new RowWriterOptions()),
            new OfflineOptions());
    }

    private static void RunDuckDb(string payments, string results)
    {
        const string Customer = "partition by c order by s range between {0} preceding and current row";
        const string Terminal = "partition by m order by s range between {0} preceding and 604800 preceding";
        var columns = new List<string>();
        foreach (int days in (int[])[1, 7, 30])
        {
            string customer = string.Format(CultureInfo.InvariantCulture, Customer, (days * 86_400) - 1);
            string terminal = string.Format(CultureInfo.InvariantCulture, Terminal, ((days + 7) * 86_400) - 1);
            columns.Add($"count(*) over ({customer})");
            columns.Add($"avg(a) over ({customer})");
            columns.Add($"count(*) over ({terminal})");
            columns.Add($"coalesce(sum(f) over ({terminal}) / nullif(count(*) over ({terminal}), 0), 0)");
        }

        using var connection = new DuckDBConnection("DataSource=:memory:");
        connection.Open();
        using DuckDBCommand command = connection.CreateCommand();
#pragma warning disable CA2100 // The paths are those of the person who measures.
        command.CommandText = $"""
            copy (
              with t as (
                select TRANSACTION_ID as id, epoch(TX_DATETIME)::bigint as s, CUSTOMER_ID as c, TERMINAL_ID as m,
                  TX_AMOUNT as a, coalesce(TX_FRAUD, 0) as f, dayofweek(TX_DATETIME) in (0, 6) as weekend,
                  hour(TX_DATETIME) <= 6 as night
                from read_csv('{payments}'))
              select id, a, weekend::int, night::int, {string.Join(", ", columns)} from t order by id)
            to '{results}' (header)
            """;
#pragma warning restore CA2100
        command.ExecuteNonQuery();
    }
}
