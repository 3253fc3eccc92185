namespace Serving.Cli.Simulation;

/// <summary>A terminal of a shop or of a merchant online.</summary>
internal sealed class Terminal(int index, City city, MerchantKind kind, int latitude, int longitude)
{
    public int Index { get; } = index;

    public City City { get; } = city;

    public MerchantKind Kind { get; } = kind;

    /// <summary>In units of 1e-4 degree, as the file has it.</summary>
    public int Latitude { get; } = latitude;

    /// <summary>In units of 1e-4 degree.</summary>
    public int Longitude { get; } = longitude;

    /// <summary>Cards are copied here on days before this one; 0 when they never were.</summary>
    public int CompromisedUntilDay { get; set; }
}
