namespace Serving.Cli.Simulation;

/// <summary>
/// Simulates card payments with fraud and late labels. The same options give the same bytes on every machine: numbers
/// come from a generator of our own, functions from PortableMath, and days are made one after the other.
/// </summary>
/// <remarks>
/// Memory is the population and one day. The kinds of fraud follow the Fraud Detection Handbook (Le Borgne et al.,
/// 2022, chapter 3: high amounts, compromised terminals, stolen card data), with account takeover and card testing
/// added.
/// </remarks>
internal static class CardSimulator
{
    /// <summary>Writes both files.</summary>
    /// <param name="options">Options without problems.</param>
    /// <param name="transactions">Receives transactions.csv.</param>
    /// <param name="chargebacks">Receives chargebacks.csv.</param>
    /// <param name="dayDone">Called after each day with the number of days done; for progress.</param>
    /// <param name="cancellation">Looked at between days.</param>
    /// <exception cref="OperationCanceledException">Cancelled; the streams hold a part.</exception>
    /// <exception cref="IOException">A stream cannot be written.</exception>
    public static SimulationSummary Run(
        SimulationOptions options,
        Stream transactions,
        Stream chargebacks,
        Action<int>? dayDone = null,
        CancellationToken cancellation = default)
    {
        // Each part has a generator of its own, so that a change of one leaves the numbers of the others.
        Xoshiro256 master = new(options.Seed);
        Population population = Population.Create(options, master.Fork());
        OrdinaryPayments ordinary = new(population, master.Fork());
        FraudPayments fraud = new(population, master.Fork());
        Chargebacks reports = new(chargebacks, master.Fork());
        PaymentWriter writer = new(transactions, population);
        DayOfPayments payments = new();
        long[] byScenario = new long[Enum.GetValues<FraudScenario>().Length];
        long number = 0;
        for (int day = 0; day < options.Days; day++)
        {
            cancellation.ThrowIfCancellationRequested();
            payments.NextDay();
            AddDay(options, day, population, ordinary, fraud, payments);
            payments.Sort();
            DateTime midnight = options.From.AddDays(day).ToDateTime(TimeOnly.MinValue, DateTimeKind.Utc);
            for (int index = 0; index < payments.Count; index++)
            {
                ref readonly Payment payment = ref payments[index];
                DateTime at = midnight.AddMilliseconds(payment.TimeOfDayMs);
                writer.Write(++number, at, payment);
                reports.Report(number, at, payment);
                byScenario[(int)payment.Scenario]++;
            }

            reports.WriteUntil(midnight.AddDays(1));
            dayDone?.Invoke(day + 1);
        }

        reports.WriteUntil(DateTime.MaxValue);
        reports.Flush();
        writer.Flush();
        return new(number, reports.Count, [.. byScenario]);
    }

    private static void AddDay(
        SimulationOptions options,
        int day,
        Population population,
        OrdinaryPayments ordinary,
        FraudPayments fraud,
        DayOfPayments payments)
    {
        double busyness = DailyRhythm.FactorOf(options.From.AddDays(day));
        fraud.BeginDay(day, payments);
        foreach (Customer customer in population.Customers)
        {
            ordinary.Add(customer, day, busyness, fraud, payments);
            fraud.Add(customer, payments);
        }
    }
}
