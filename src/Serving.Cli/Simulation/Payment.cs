using System.Runtime.InteropServices;

namespace Serving.Cli.Simulation;

/// <summary>One payment before it has its place in the file.</summary>
[StructLayout(LayoutKind.Auto)]
internal struct Payment
{
    /// <summary>A coordinate that the terminal or the network did not tell.</summary>
    public const int NoPlace = int.MinValue;

    /// <summary>Milliseconds since the start of the day that it was made for; may lie beyond its end.</summary>
    public int TimeOfDayMs;

    public int Customer;

    public int Terminal;

    /// <summary>0 where no device is known: cards in shops.</summary>
    public ulong Device;

    /// <summary>In cents, at least 1.</summary>
    public int AmountCents;

    /// <summary>Where the payment is made.</summary>
    public string? Country;

    /// <summary>In units of 1e-4 degree, or <see cref="NoPlace"/>.</summary>
    public int Latitude;

    /// <summary>In units of 1e-4 degree, or <see cref="NoPlace"/>.</summary>
    public int Longitude;

    /// <summary>Whether the terminal did not send its category.</summary>
    public bool HidesCategory;

    public FraudScenario Scenario;
}
