namespace Serving.Cli.Simulation;

/// <summary>
/// Labels that arrive late: most frauds are reported days or weeks after the payment, some never. chargebacks.csv is in
/// the order in which they become known; those of the last days become known after the last day.
/// </summary>
internal sealed class Chargebacks
{
    private const double DelayDaysMin = 0.5;
    private const double DelayDaysMean = 11;
    private const double DelayDaysMax = 120;

    private readonly CsvBytes _csv;
    private readonly Xoshiro256 _random;

    /// <summary>Reported and not yet known, by the time they become known, then by number.</summary>
    private readonly PriorityQueue<Chargeback, (DateTime KnownAt, long Number)> _waiting = new();

    public Chargebacks(Stream stream, Xoshiro256 random)
    {
        _csv = new(stream);
        _random = random;
        _csv.Text("txn_id,at,known_at,terminal,card").EndRow();
    }

    public long Count { get; private set; }

    public void Report(long number, DateTime at, in Payment payment)
    {
        if (!_random.NextChance(ReportedShare(payment.Scenario)))
        {
            return;
        }

        double days = Math.Min(DelayDaysMax, DelayDaysMin + _random.NextExponential(DelayDaysMean));
        DateTime knownAt = at.AddSeconds(Math.Round(days * 24 * 60 * 60));
        _waiting.Enqueue(new(number, at, knownAt, payment.Terminal, payment.Customer), (knownAt, number));
    }

    /// <summary>Writes those that become known before a time.</summary>
    public void WriteUntil(DateTime end)
    {
        while (_waiting.TryPeek(out Chargeback chargeback, out _) && chargeback.KnownAt < end)
        {
            _waiting.Dequeue();
            Count++;
            _csv.Name('T', chargeback.Number, 9).Comma().Time(chargeback.At).Comma().Time(chargeback.KnownAt).Comma();
            _csv.Name('P', chargeback.Terminal, 8).Comma().Name('C', chargeback.Customer, 8).EndRow();
        }
    }

    public void Flush() => _csv.Flush();

    /// <summary>Small amounts go unnoticed more often.</summary>
    private static double ReportedShare(FraudScenario scenario) => scenario switch
    {
        FraudScenario.None => 0,
        FraudScenario.CardTesting => 0.55,
        FraudScenario.CompromisedTerminal => 0.8,
        FraudScenario.AccountTakeover or FraudScenario.HighAmount => 0.95,
        _ => 0.9,
    };
}
