using System.Globalization;
using System.Text.RegularExpressions;
using Serving.Cli.Simulation;

namespace Serving.Cli.Tests.Simulation;

public sealed class CardSimulatorTests
{
    private const int At = 1;
    private const int Card = 2;
    private const int Terminal = 3;
    private const int Device = 4;
    private const int Channel = 10;
    private const int Fraud = 11;
    private const int Scenario = 12;

    private static readonly Regex Form = new(
        @"^T\d{9},[-\d]{10}T[:\d]{8}\.\d{3}Z,C\d{8},P\d{8},(D[0-9a-f]{10})?,\d+\.\d{2},(\d{4})?,[A-Z]{2},"
        + @"(-?\d+\.\d{4},-?\d+\.\d{4}|,),(online|shop),[01],[a-z_]*$",
        RegexOptions.NonBacktracking | RegexOptions.ExplicitCapture);

    private static readonly SimulationOptions Options = new(Customers: 600, Terminals: 200, Days: 40, Seed: 42);

    private static readonly Lazy<SimulatedFiles> Files = new(() => new(Options));

    /// <summary>The hashes stand for every machine: a change here changes what users get for a seed.</summary>
    [Fact]
    public void Run_SeedFortyTwo_GivesTheCommittedBytes()
    {
        SimulatedFiles files = new(new(Customers: 200, Terminals: 50, Days: 30, Seed: 42));
        Assert.Equal("ab9806fcb1d682609704438b831a0b359bdf5bc922bcf82a2b836cf3eee1a7c9", files.TransactionsHash);
        Assert.Equal("f0795e090241679cf8273db84e981c3c66a73f4560f9a2add18db6c05c967a98", files.ChargebacksHash);
    }

    [Fact]
    public void Run_SameOptions_GivesTheSameBytes()
    {
        SimulatedFiles again = new(Options);
        Assert.Equal(Files.Value.TransactionsHash, again.TransactionsHash);
        Assert.Equal(Files.Value.ChargebacksHash, again.ChargebacksHash);
    }

    [Fact]
    public void Run_OtherSeed_GivesOtherBytes() =>
        Assert.NotEqual(Files.Value.TransactionsHash, new SimulatedFiles(Options with { Seed = 43 }).TransactionsHash);

    [Fact]
    public void Run_FewerDays_GivesTheBeginningOfTheSame()
    {
        string[][] shorter = new SimulatedFiles(Options with { Days = 5 }).Transactions;
        Assert.Equal(shorter, Files.Value.Transactions[..shorter.Length]);
    }

    [Fact]
    public void Headers_BothFiles_AreTheDocumentedColumns()
    {
        Assert.Equal(
            "id,at,card,terminal,device,amount,mcc,country,lat,lon,channel,fraud,scenario",
            Files.Value.TransactionsHeader);
        Assert.Equal("txn_id,at,known_at,terminal,card", Files.Value.ChargebacksHeader);
    }

    [Fact]
    public void Transactions_Order_IsThatOfTimeAndIdsAreUnique()
    {
        string[][] rows = Files.Value.Transactions;
        Assert.Equal(rows.Length, Files.Value.Summary.Payments);
        Assert.Equal(rows.Select(row => row[At]), rows.Select(row => row[At]).Order(StringComparer.Ordinal));
        Assert.Equal(rows.Length, rows.Select(row => row[0]).Distinct(StringComparer.Ordinal).Count());
    }

    [Fact]
    public void Transactions_Times_LieInTheDaysAskedFor()
    {
        string[][] rows = new SimulatedFiles(Options with { Days = 3, From = new(2024, 2, 28) }).Transactions;
        Assert.StartsWith("2024-02-28T00:", rows[0][At], StringComparison.Ordinal);
        Assert.StartsWith("2024-03-01T23:", rows[^1][At], StringComparison.Ordinal);
    }

    [Fact]
    public void Transactions_Cells_HaveTheirForm() =>
        Assert.DoesNotContain(Files.Value.Transactions, row => !Form.IsMatch(string.Join(',', row)));

    [Fact]
    public void Transactions_Devices_AreKnownOnlineAlone() =>
        Assert.DoesNotContain(
            Files.Value.Transactions,
            row => string.Equals(row[Channel], "online", StringComparison.Ordinal) != row[Device].Length > 0);

    [Fact]
    public void Transactions_FraudRate_IsPlausible()
    {
        SimulationSummary summary = Files.Value.Summary;
        Assert.InRange((double)summary.Frauds / summary.Payments, 0.003, 0.02);
        Assert.InRange((double)summary.Payments / (Options.Customers * Options.Days), 1, 3);
    }

    [Fact]
    public void Transactions_Scenarios_AllOccurAndAgreeWithFraud()
    {
        string[][] rows = Files.Value.Transactions;
        Assert.DoesNotContain(
            rows,
            row => row[Scenario].Length > 0 != string.Equals(row[Fraud], "1", StringComparison.Ordinal));
        Assert.Equal(
            Files.Value.Summary.ByScenario.Select(count => (int)count).Order(),
            rows.CountBy(row => row[Scenario]).Select(group => group.Value).Order());
    }

    [Fact]
    public void Transactions_Rhythm_HasNightsAndSundays()
    {
        DateTimeOffset[] times =
        [
            .. Files.Value.Transactions.Where(row => string.Equals(row[7], "DE", StringComparison.Ordinal))
                .Select(row => DateTimeOffset.Parse(row[At], CultureInfo.InvariantCulture)),
        ];
        Assert.True(times.Count(time => time.Hour is 2 or 3) * 4 < times.Count(time => time.Hour is 16 or 17));
        Assert.True(
            times.Count(time => time.DayOfWeek == DayOfWeek.Sunday)
            < times.Count(time => time.DayOfWeek == DayOfWeek.Saturday));
    }

    [Fact]
    public void Chargebacks_Labels_ArriveAfterThePaymentInOrder()
    {
        string[][] rows = Files.Value.Chargebacks;
        Assert.Equal(rows.Length, Files.Value.Summary.Chargebacks);
        Assert.All(rows, row => Assert.True(string.CompareOrdinal(row[2], row[1]) > 0));
        Assert.Equal(rows.Select(row => row[2]), rows.Select(row => row[2]).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Chargebacks_Rows_RepeatTheirPaymentAndAreFraud()
    {
        Dictionary<string, string[]> byId =
            Files.Value.Transactions.ToDictionary(row => row[0], StringComparer.Ordinal);
        foreach (string[] row in Files.Value.Chargebacks)
        {
            string[] payment = byId[row[0]];
            string[] expected = [payment[At], payment[Terminal], payment[Card], "1"];
            Assert.Equal(expected, new[] { row[1], row[3], row[4], payment[Fraud] });
        }
    }

    [Fact]
    public void Chargebacks_Share_IsMostOfTheFraudButNotAll()
    {
        SimulationSummary summary = Files.Value.Summary;
        Assert.InRange((double)summary.Chargebacks / summary.Frauds, 0.6, 0.95);
    }

    /// <summary>One customer or terminal must not make a part of the population empty.</summary>
    [Theory]
    [InlineData(1, 1)]
    [InlineData(1, 500)]
    [InlineData(500, 1)]
    public void Run_SmallestPopulations_WritesRows(int customers, int terminals) =>
        Assert.NotEmpty(new SimulatedFiles(new(customers, terminals, Days: 20, Seed: 1)).Transactions);

    [Theory]
    [InlineData(0, 1, 1)]
    [InlineData(1, -1, 1)]
    [InlineData(1, 1, 100_000)]
    public void Problems_OutOfRange_AreNamed(int customers, int terminals, int days) =>
        Assert.Single(new SimulationOptions(customers, terminals, days, Seed: 1).Problems());
}
