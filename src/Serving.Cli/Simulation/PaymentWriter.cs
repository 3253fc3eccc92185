using System.Collections.Immutable;

namespace Serving.Cli.Simulation;

/// <summary>
/// Writes transactions.csv: what a model may see, then <c>fraud</c> and <c>scenario</c>, which are the truth.
/// </summary>
internal sealed class PaymentWriter
{
    /// <summary>
    /// Names as they stand in the file, by <see cref="FraudScenario"/>; a genuine payment's cell is empty.
    /// </summary>
    private static readonly ImmutableArray<string> ScenarioNames =
        ["", "stolen_card", "compromised_terminal", "account_takeover", "card_testing", "high_amount"];

    private readonly CsvBytes _csv;
    private readonly Population _population;

    public PaymentWriter(Stream stream, Population population)
    {
        _csv = new(stream);
        _population = population;
        _csv.Text("id,at,card,terminal,device,amount,mcc,country,lat,lon,channel,fraud,scenario").EndRow();
    }

    public void Write(long number, DateTime at, in Payment payment)
    {
        MerchantKind kind = _population.Terminals[payment.Terminal].Kind;
        _csv.Name('T', number, 9).Comma().Time(at).Comma();
        _csv.Name('C', payment.Customer, 8).Comma().Name('P', payment.Terminal, 8).Comma();
        if (payment.Device != 0)
        {
            _csv.Device(payment.Device);
        }

        _csv.Comma().Fixed(payment.AmountCents, 2).Comma();
        _csv.Text(payment.HidesCategory ? "" : kind.Category).Comma().Text(payment.Country ?? "").Comma();
        WritePlace(payment);
        _csv.Text(kind.IsOnline ? "online" : "shop").Comma();
        _csv.Text(payment.Scenario == FraudScenario.None ? "0" : "1").Comma();
        _csv.Text(ScenarioNames[(int)payment.Scenario]).EndRow();
    }

    public void Flush() => _csv.Flush();

    private void WritePlace(in Payment payment)
    {
        if (payment.Latitude == Payment.NoPlace)
        {
            _csv.Comma().Comma();
            return;
        }

        _csv.Fixed(payment.Latitude, 4).Comma().Fixed(payment.Longitude, 4).Comma();
    }
}
