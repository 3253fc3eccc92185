namespace Serving.Cli.Simulation;

/// <summary>All customers and terminals, and which terminals stand where.</summary>
internal sealed class Population
{
    private const double DegreeUnits = 10_000;
    private const int RegularShops = 10;

    private static readonly int CityWeights = City.All.Sum(city => city.Weight);

    /// <summary>Terminals of shops by city; a city without any has those of all.</summary>
    private readonly Dictionary<City, int[]> _shops;

    private Population(Customer[] customers, Terminal[] terminals, Dictionary<City, int[]> shops, int[] online)
    {
        Customers = customers;
        Terminals = terminals;
        _shops = shops;
        Online = online;
    }

    public Customer[] Customers { get; }

    public Terminal[] Terminals { get; }

    /// <summary>Indices of the terminals online; never empty.</summary>
    public int[] Online { get; }

    public static Population Create(SimulationOptions options, Xoshiro256 random)
    {
        Terminal[] terminals = new Terminal[options.Terminals];
        for (int index = 0; index < terminals.Length; index++)
        {
            terminals[index] = CreateTerminal(index, random);
        }

        int[] shops = IndicesOf(terminals, terminal => !terminal.Kind.IsOnline);
        int[] online = IndicesOf(terminals, terminal => terminal.Kind.IsOnline);
        Dictionary<City, int[]> byCity = City.All.ToDictionary(
            city => city,
            city => OrAll(IndicesOf(terminals, terminal => !terminal.Kind.IsOnline && terminal.City == city), shops));
        Customer[] customers = new Customer[options.Customers];
        for (int index = 0; index < customers.Length; index++)
        {
            customers[index] = CreateCustomer(index, byCity, random);
        }

        return new Population(customers, terminals, byCity, OrAll(online, shops));
    }

    /// <summary>A shop in a city; the first ones are the busiest.</summary>
    public int PickShop(City city, Xoshiro256 random) => PickPopular(_shops[city], random);

    /// <summary>A merchant online; the first ones are the busiest.</summary>
    public int PickOnline(Xoshiro256 random) => PickPopular(Online, random);

    public static City PickCity(Xoshiro256 random)
    {
        int left = random.NextBelow(CityWeights);
        return Array.Find(City.All, city => (left -= city.Weight) < 0)!;
    }

    /// <summary>Squares a uniform number: half of all picks fall on a quarter of the places.</summary>
    private static int PickPopular(int[] indices, Xoshiro256 random)
    {
        double unit = random.NextUnit();
        return indices[(int)(unit * unit * indices.Length)];
    }

    private static int[] IndicesOf(Terminal[] terminals, Func<Terminal, bool> wanted) =>
        [.. terminals.Where(wanted).Select(terminal => terminal.Index)];

    private static int[] OrAll(int[] indices, int[] all) => indices.Length > 0 ? indices : all.Length > 0 ? all : [0];

    private static Terminal CreateTerminal(int index, Xoshiro256 random)
    {
        bool isOnline = random.NextChance(0.15);
        MerchantKind kind = MerchantKind.Pick(isOnline, random);
        City city = PickCity(random);
        return new(index, city, kind, Near(city.Latitude, random), Near(city.Longitude, random));
    }

    private static Customer CreateCustomer(int index, Dictionary<City, int[]> shops, Xoshiro256 random)
    {
        City home = PickCity(random);
        int[] regular = new int[RegularShops];
        for (int shop = 0; shop < regular.Length; shop++)
        {
            regular[shop] = PickPopular(shops[home], random);
        }

        return new Customer
        {
            Index = index,
            Home = home,
            Latitude = Near(home.Latitude, random),
            Longitude = Near(home.Longitude, random),
            PaymentsPerDay = Math.Min(8, random.NextLogNormal(0.3, 0.6)),
            AmountMu = 3.1 + (0.45 * random.NextNormal()),
            OnlineShare = 0.05 + (0.4 * random.NextUnit()),
            HoursLate = random.NextChance(0.08) ? 7 : random.NextBetween(-1, 1),
            Shops = regular,
            Device = random.Next(),
            SecondDevice = random.Next(),
        };
    }

    private static int Near(double degrees, Xoshiro256 random) =>
        (int)Math.Round((degrees + (0.08 * random.NextNormal())) * DegreeUnits);
}
