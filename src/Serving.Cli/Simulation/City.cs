namespace Serving.Cli.Simulation;

/// <summary>A place where customers live and terminals stand.</summary>
/// <param name="Country">ISO 3166 code.</param>
/// <param name="Latitude">Degrees north.</param>
/// <param name="Longitude">Degrees east.</param>
/// <param name="UtcOffsetHours">Local time minus UTC, summer time not regarded.</param>
/// <param name="Weight">Share of the population, in no unit.</param>
internal sealed record City(string Country, double Latitude, double Longitude, int UtcOffsetHours, int Weight)
{
    /// <summary>Index 0 is the largest. Only real places, so that distances are those of real trips.</summary>
    public static readonly City[] All =
    [
        new("DE", 52.52, 13.41, 1, 10),
        new("DE", 48.14, 11.58, 1, 7),
        new("DE", 50.94, 6.96, 1, 5),
        new("FR", 48.86, 2.35, 1, 10),
        new("FR", 45.76, 4.84, 1, 4),
        new("GB", 51.51, -0.13, 0, 10),
        new("GB", 53.48, -2.24, 0, 4),
        new("ES", 40.42, -3.70, 1, 6),
        new("IT", 41.90, 12.50, 1, 6),
        new("NL", 52.37, 4.90, 1, 4),
        new("PL", 52.23, 21.01, 1, 4),
        new("SE", 59.33, 18.07, 1, 3),
        new("US", 40.71, -74.01, -5, 6),
        new("US", 34.05, -118.24, -8, 4),
        new("BR", -23.55, -46.63, -3, 2),
        new("NG", 6.52, 3.38, 1, 1),
        new("IN", 19.08, 72.88, 5, 2),
        new("SG", 1.35, 103.82, 8, 1),
        new("HK", 22.32, 114.17, 8, 1),
        new("AU", -33.87, 151.21, 10, 1),
    ];
}
