using System.Security.Cryptography;
using System.Text;
using Serving.Cli.Simulation;

namespace Serving.Cli.Tests.Simulation;

/// <summary>Both files of one simulation, in memory.</summary>
internal sealed class SimulatedFiles
{
    private readonly byte[] _transactions;
    private readonly byte[] _chargebacks;

    public SimulatedFiles(SimulationOptions options)
    {
        using MemoryStream transactions = new();
        using MemoryStream chargebacks = new();
        Summary = CardSimulator.Run(options, transactions, chargebacks);
        _transactions = transactions.ToArray();
        _chargebacks = chargebacks.ToArray();
        Transactions = Rows(_transactions);
        Chargebacks = Rows(_chargebacks);
    }

    public SimulationSummary Summary { get; }

    public string TransactionsHash => Convert.ToHexStringLower(SHA256.HashData(_transactions));

    public string ChargebacksHash => Convert.ToHexStringLower(SHA256.HashData(_chargebacks));

    /// <summary>Rows of transactions.csv as cells, without the header.</summary>
    public string[][] Transactions { get; }

    /// <summary>Rows of chargebacks.csv as cells, without the header.</summary>
    public string[][] Chargebacks { get; }

    public string TransactionsHeader => Header(_transactions);

    public string ChargebacksHeader => Header(_chargebacks);

    private static string Header(byte[] bytes) => Encoding.UTF8.GetString(bytes).Split('\n')[0];

    private static string[][] Rows(byte[] bytes) =>
        [.. Encoding.UTF8.GetString(bytes).TrimEnd('\n').Split('\n').Skip(1).Select(line => line.Split(','))];
}
