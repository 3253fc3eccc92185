using System.Runtime.InteropServices;

namespace Serving.Cli.Simulation;

/// <summary>One payment before it has its place in the file.</summary>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct Payment
{
    /// <summary>A coordinate that the terminal or the network did not tell.</summary>
    public const int NoPlace = int.MinValue;

    /// <summary>Milliseconds since the start of the day that it was made for; may lie beyond its end.</summary>
    public int TimeOfDayMs { get; init; }

    public int Customer { get; init; }

    public int Terminal { get; init; }

    /// <summary>0 where no device is known: cards in shops.</summary>
    public ulong Device { get; init; }

    /// <summary>In cents, at least 1.</summary>
    public int AmountCents { get; init; }

    /// <summary>Where the payment is made.</summary>
    public string? Country { get; init; }

    /// <summary>In units of 1e-4 degree, or <see cref="NoPlace"/>.</summary>
    public int Latitude { get; init; }

    /// <summary>In units of 1e-4 degree, or <see cref="NoPlace"/>.</summary>
    public int Longitude { get; init; }

    /// <summary>Whether the terminal did not send its category.</summary>
    public bool HidesCategory { get; init; }

    public FraudScenario Scenario { get; init; }
}
