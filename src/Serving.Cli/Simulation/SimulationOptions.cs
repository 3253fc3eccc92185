namespace Serving.Cli.Simulation;

/// <summary>What a simulation of card payments is asked for.</summary>
/// <param name="Customers">Customers, each with one card.</param>
/// <param name="Terminals">Terminals of shops and of merchants online.</param>
/// <param name="Days">Days of payments; chargebacks come up to four months later.</param>
/// <param name="Seed">The same seed and options give the same bytes.</param>
internal sealed record SimulationOptions(int Customers, int Terminals, int Days, ulong Seed)
{
    /// <summary>A population lies in memory, about 200 bytes a customer.</summary>
    public const int CustomersMax = 10_000_000;

    public const int TerminalsMax = 10_000_000;

    public const int DaysMax = 3_660;

    /// <summary>
    /// First day, UTC. The default is fixed, not today: the same command gives the same bytes next year.
    /// </summary>
    public DateOnly From { get; init; } = new(2025, 1, 1);

    /// <summary>What is wrong with the options, each as a sentence; none when they can be run.</summary>
    public IEnumerable<string> Problems()
    {
        if (Customers is < 1 or > CustomersMax)
        {
            yield return $"--customers {Customers}: a number from 1 to {CustomersMax} is expected.";
        }

        if (Terminals is < 1 or > TerminalsMax)
        {
            yield return $"--terminals {Terminals}: a number from 1 to {TerminalsMax} is expected.";
        }

        if (Days is < 1 or > DaysMax)
        {
            yield return $"--days {Days}: a number from 1 to {DaysMax} is expected.";
        }

        if (From.Year is < 2000 or > 2100)
        {
            yield return $"--from {From:yyyy-MM-dd}: a day from 2000-01-01 to 2100-12-31 is expected.";
        }
    }
}
