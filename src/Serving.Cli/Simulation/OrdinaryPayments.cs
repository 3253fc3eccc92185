namespace Serving.Cli.Simulation;

/// <summary>
/// What customers pay themselves. Some of it looks odd though it is not: trips to far countries, new devices, large
/// purchases; a model that calls all of these fraud is wrong most of the time.
/// </summary>
internal sealed class OrdinaryPayments(Population population, Xoshiro256 random)
{
    /// <summary>No payment is larger.</summary>
    public const int AmountCentsMax = 2_500_000;

    private const double TripChance = 0.002;
    private const double NewDeviceChance = 0.002;
    private const double RegularShopShare = 0.7;
    private const double SecondDeviceShare = 0.12;
    private const double HiddenCategoryShare = 0.005;
    private const double HiddenPlaceShare = 0.03;
    private const double AmountSigma = 0.55;

    /// <summary>Adds a customer's payments of one day, each after a look of <paramref name="fraud"/> at it.</summary>
    public void Add(Customer customer, int day, double busyness, FraudPayments fraud, DayOfPayments payments)
    {
        ChangeHabits(customer, day);
        int count = random.NextPoisson(customer.PaymentsPerDay * busyness);
        for (; count > 0; count--)
        {
            payments.Add(fraud.Touch(Create(customer), day));
        }
    }

    /// <summary>An amount in cents around the customer's median times a factor.</summary>
    public static int PickAmount(Customer customer, double muMore, double factor, Xoshiro256 random)
    {
        double amount = random.NextLogNormal(customer.AmountMu + muMore, AmountSigma) * factor;
        return Math.Clamp((int)Math.Round(Math.Min(amount, AmountCentsMax) * 100), 50, AmountCentsMax);
    }

    private void ChangeHabits(Customer customer, int day)
    {
        if (customer.Away is not null && day >= customer.BackOnDay)
        {
            customer.Away = null;
        }

        if (customer.Away is null && random.NextChance(TripChance))
        {
            customer.Away = Population.PickCity(random);
            customer.BackOnDay = day + random.NextBetween(2, 12);
        }

        if (random.NextChance(NewDeviceChance))
        {
            customer.Device = random.Next();
        }
    }

    private Payment Create(Customer customer)
    {
        Terminal terminal = population.Terminals[PickTerminal(customer)];
        City city = customer.Away ?? customer.Home;
        bool isOnline = terminal.Kind.IsOnline;
        bool hidesPlace = random.NextChance(HiddenPlaceShare);
        return new Payment
        {
            TimeOfDayMs = DailyRhythm.PickTime(isOnline, city.UtcOffsetHours, customer.HoursLate, random),
            Customer = customer.Index,
            Terminal = terminal.Index,
            AmountCents = PickAmount(customer, 0, terminal.Kind.AmountFactor, random),
            Country = isOnline ? city.Country : terminal.City.Country,
            Latitude = hidesPlace ? Payment.NoPlace : LatitudeOf(customer, terminal),
            Longitude = hidesPlace ? Payment.NoPlace : LongitudeOf(customer, terminal),
            HidesCategory = random.NextChance(HiddenCategoryShare),
            Device = !isOnline ? 0 : random.NextChance(SecondDeviceShare) ? customer.SecondDevice : customer.Device,
        };
    }

    private int PickTerminal(Customer customer)
    {
        if (random.NextChance(customer.OnlineShare))
        {
            return population.PickOnline(random);
        }

        if (customer.Away is not null)
        {
            return population.PickShop(customer.Away, random);
        }

        return random.NextChance(RegularShopShare)
            ? customer.Shops[random.NextBelow(customer.Shops.Length)]
            : population.PickShop(customer.Home, random);
    }

    /// <summary>Online the place is that of the network address: the customer's; in a shop the terminal's.</summary>
    private static int LatitudeOf(Customer customer, Terminal terminal) =>
        !terminal.Kind.IsOnline ? terminal.Latitude
        : customer.Away is null ? customer.Latitude
        : (int)Math.Round(customer.Away.Latitude * 10_000);

    private static int LongitudeOf(Customer customer, Terminal terminal) =>
        !terminal.Kind.IsOnline ? terminal.Longitude
        : customer.Away is null ? customer.Longitude
        : (int)Math.Round(customer.Away.Longitude * 10_000);
}
