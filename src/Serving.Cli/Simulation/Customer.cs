namespace Serving.Cli.Simulation;

/// <summary>A customer, whose one card is called after the index, and what is usual for it.</summary>
internal sealed class Customer
{
    public required int Index { get; init; }

    public required City Home { get; init; }

    /// <summary>In units of 1e-4 degree.</summary>
    public required int Latitude { get; init; }

    /// <summary>In units of 1e-4 degree.</summary>
    public required int Longitude { get; init; }

    /// <summary>Mean payments on a day of average busyness.</summary>
    public required double PaymentsPerDay { get; init; }

    /// <summary>Logarithm of the median amount, in units of the currency.</summary>
    public required double AmountMu { get; init; }

    /// <summary>Share of payments online.</summary>
    public required double OnlineShare { get; init; }

    /// <summary>Hours by which the day of this customer is later than that of others.</summary>
    public required int HoursLate { get; init; }

    /// <summary>The shops it goes to most, indices of terminals.</summary>
    public required int[] Shops { get; init; }

    /// <summary>Its present device; phones are replaced now and then.</summary>
    public required ulong Device { get; set; }

    /// <summary>A second device, which few payments come from.</summary>
    public required ulong SecondDevice { get; init; }

    /// <summary>Where it travels, or null at home.</summary>
    public City? Away { get; set; }

    /// <summary>First day back at home.</summary>
    public int BackOnDay { get; set; }
}
