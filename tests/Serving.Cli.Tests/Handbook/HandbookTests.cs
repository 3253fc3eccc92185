using System.IO.Compression;
using Serving.Cli.Tests.Running;
using Serving.Testing;

namespace Serving.Cli.Tests.Handbook;

/// <summary>
/// The published window features of the Fraud Detection Handbook out of <c>models-sample/handbook</c>: its script over
/// the handbook's own payments, against the values of its authors.
/// </summary>
public sealed class HandbookTests
{
    private const double Tolerance = 1e-6;

    // The longest window reaches 30 days back, of the terminals 37.
    private const string HistoryFrom = "2018-06-17";
    private const string From = "2018-07-25";
    private const string Until = "2018-07-27";

    [Fact]
    public async Task Run_TwoDaysOfPayments_GivesThePublishedFeatures()
    {
        string? all = SharedFiles.Find("data/handbook/transactions.csv.gz");
        string? published = SharedFiles.Find("data/handbook/features-2018-07-25_2018-08-14.csv.gz");
        Assert.SkipWhen(all is null || published is null, "shared/data/handbook is absent");
        using WorkFolder folder = new();
        string[][] payments = [.. Lines(all!).Where(line => IsBetween(line[1], HistoryFrom, Until))];
        await File.WriteAllLinesAsync(
            folder["payments.csv"],
            payments.Select(line => string.Join(',', line)).Prepend(string.Join(',', Lines(all!).First())));
        string script = Path.Combine(SharedFiles.Repository, "models-sample", "handbook", "handbook.feat");
        await CommandRun.DoneAsync(
            "features", "run", script, "--data", $"txn={folder["payments.csv"]}",
            "--data", $"outcome={folder["payments.csv"]}", "--rename", "id=TRANSACTION_ID",
            "--rename", "at=TX_DATETIME", "--rename", "customer=CUSTOMER_ID", "--rename", "terminal=TERMINAL_ID",
            "--rename", "amount=TX_AMOUNT", "--rename", "outcome.fraud=TX_FRAUD", "--from", $"{From}T00:00:00Z",
            "--until", $"{Until}T00:00:00Z", "--raw", "--out", folder["features.csv"]);

        var ours = Lines(folder["features.csv"]).ToDictionary(line => line[0]);
        string[] names = Lines(published!).First();
        int[] places = [.. names.Select(name => Array.IndexOf(ours["id"], name.ToLowerInvariant()))];
        HashSet<string> doubled = DoubledSeconds(payments);
        int compared = 0;
        foreach (string[] line in Lines(published!).Skip(1).Where(line => ours.ContainsKey(line[0])))
        {
            for (int column = 1; column < names.Length && !doubled.Contains(line[0]); column++)
            {
                double expected = double.Parse(line[column]);
                double actual = double.Parse(ours[line[0]][places[column]]);
                Assert.True(
                    Math.Abs(expected - actual) <= Tolerance, $"{line[0]}, {names[column]}: {actual}, not {expected}");
            }

            compared++;
        }

        Assert.Equal(ours.Count - 1, compared);
        Assert.InRange(compared, 15_000, 25_000);
    }

    // Payments that share customer and second with another: the published windows order them by the file.
    private static HashSet<string> DoubledSeconds(string[][] payments) =>
        [.. payments.GroupBy(line => (line[1], line[2])).Where(group => group.Count() > 1)
            .SelectMany(group => group.Select(line => line[0]))];

    private static bool IsBetween(string time, string from, string until) =>
        string.CompareOrdinal(time, from) >= 0 && string.CompareOrdinal(time, until) < 0;

    private static IEnumerable<string[]> Lines(string path)
    {
        using Stream file = File.OpenRead(path);
        using Stream plain = path.EndsWith(".gz", StringComparison.Ordinal)
            ? new GZipStream(file, CompressionMode.Decompress)
            : file;
        using var reader = new StreamReader(plain);
        while (reader.ReadLine() is { } line)
        {
            yield return line.Split(',');
        }
    }
}
