namespace Serving.Cli.Simulation;

/// <summary>
/// Fraud of five kinds, about 0.9 % of all payments. The chances below are set so that each kind has its share at about
/// two payments per customer and day, whatever the size of the population.
/// </summary>
internal sealed class FraudPayments(Population population, Xoshiro256 random)
{
    private const int MinuteMs = 60 * 1000;
    private const double StolenChancePerDay = 0.0005;
    private const double TakeoverChancePerDay = 0.0006;
    private const double TestingChancePerCustomerDay = 0.00008;
    private const double CompromiseChancePerDay = 0.0005;
    private const double CopiedCardShare = 0.3;
    private const double HighAmountShare = 0.0008;
    private const double TestedCardIsUsedShare = 0.25;

    /// <summary>Lets terminals be compromised, and cards be tested; once a day, before the customers.</summary>
    public void BeginDay(int day, DayOfPayments payments)
    {
        foreach (Terminal terminal in population.Terminals)
        {
            if (day >= terminal.CompromisedUntilDay && random.NextChance(CompromiseChancePerDay))
            {
                terminal.CompromisedUntilDay = day + random.NextBetween(7, 28);
            }
        }

        int batches = random.NextPoisson(population.Customers.Length * TestingChancePerCustomerDay);
        for (; batches > 0; batches--)
        {
            AddCardTesting(payments);
        }
    }

    /// <summary>Makes an ordinary payment fraud where its terminal copies cards, or raises its amount.</summary>
    public Payment Touch(Payment payment, int day)
    {
        if (day < population.Terminals[payment.Terminal].CompromisedUntilDay && random.NextChance(CopiedCardShare))
        {
            return payment with { Scenario = FraudScenario.CompromisedTerminal };
        }

        if (!random.NextChance(HighAmountShare))
        {
            return payment;
        }

        long raised = (long)payment.AmountCents * random.NextBetween(8, 20);
        return payment with
        {
            Scenario = FraudScenario.HighAmount,
            AmountCents = (int)Math.Min(OrdinaryPayments.AmountCentsMax, raised),
        };
    }

    /// <summary>Adds what others pay with this customer's card or account.</summary>
    public void Add(Customer customer, DayOfPayments payments)
    {
        if (random.NextChance(StolenChancePerDay))
        {
            AddStolenCard(customer, payments);
        }

        if (random.NextChance(TakeoverChancePerDay))
        {
            AddTakeover(customer, payments);
        }
    }

    private void AddStolenCard(Customer customer, DayOfPayments payments)
    {
        City city = customer.Away ?? customer.Home;
        double time = random.NextBelow(DayOfPayments.DayMs);
        for (int left = random.NextBetween(3, 10); left > 0; left--)
        {
            Terminal terminal = population.Terminals[population.PickShop(city, random)];
            payments.Add(new Payment
            {
                TimeOfDayMs = (int)time,
                Customer = customer.Index,
                Terminal = terminal.Index,
                AmountCents = OrdinaryPayments.PickAmount(customer, 0.9, terminal.Kind.AmountFactor, random),
                Country = terminal.City.Country,
                Latitude = terminal.Latitude,
                Longitude = terminal.Longitude,
                Scenario = FraudScenario.StolenCard,
            });
            time += random.NextExponential(25 * MinuteMs);
        }
    }

    private void AddTakeover(Customer customer, DayOfPayments payments)
    {
        City city = PickForeign(customer);
        ulong device = random.Next();
        double time = random.NextBelow(DayOfPayments.DayMs);
        for (int left = random.NextBetween(2, 6); left > 0; left--)
        {
            payments.Add(CreateOnline(customer, city, device, (int)time, 1.2, FraudScenario.AccountTakeover));
            time += random.NextExponential(90 * MinuteMs);
        }
    }

    private void AddCardTesting(DayOfPayments payments)
    {
        City city = Population.PickCity(random);
        ulong device = random.Next();
        int terminal = population.PickOnline(random);
        double time = random.NextBelow(DayOfPayments.DayMs);
        for (int left = random.NextBetween(15, 50); left > 0; left--)
        {
            Customer victim = population.Customers[random.NextBelow(population.Customers.Length)];
            Payment test = CreateOnline(victim, city, device, (int)time, 0, FraudScenario.CardTesting);
            payments.Add(test with { Terminal = terminal, AmountCents = random.NextBetween(50, 300) });
            if (random.NextChance(TestedCardIsUsedShare))
            {
                int later = (int)time + random.NextBetween(60 * MinuteMs, 20 * 60 * MinuteMs);
                payments.Add(CreateOnline(victim, city, device, later, 1.4, FraudScenario.CardTesting));
            }

            time += random.NextExponential(20_000);
        }
    }

    private Payment CreateOnline(
        Customer customer, City city, ulong device, int timeOfDayMs, double muMore, FraudScenario scenario)
    {
        Terminal terminal = population.Terminals[population.PickOnline(random)];
        return new Payment
        {
            TimeOfDayMs = timeOfDayMs,
            Customer = customer.Index,
            Terminal = terminal.Index,
            Device = device,
            AmountCents = OrdinaryPayments.PickAmount(customer, muMore, terminal.Kind.AmountFactor, random),
            Country = city.Country,
            Latitude = (int)Math.Round(city.Latitude * 10_000) + random.NextBetween(-900, 900),
            Longitude = (int)Math.Round(city.Longitude * 10_000) + random.NextBetween(-900, 900),
            Scenario = scenario,
        };
    }

    private City PickForeign(Customer customer)
    {
        City city;
        do
        {
            city = City.All[random.NextBelow(City.All.Length)];
        }
        while (string.Equals(city.Country, customer.Home.Country, StringComparison.Ordinal));
        return city;
    }
}
