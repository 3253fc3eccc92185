namespace Serving.Cli.Simulation;

/// <summary>What a merchant sells.</summary>
/// <param name="Category">ISO 18245 merchant category code.</param>
/// <param name="IsOnline">Whether it sells on the internet, where payments carry a device.</param>
/// <param name="Weight">Share of the terminals of its channel, in no unit.</param>
/// <param name="AmountFactor">Usual amount over the customer's own median.</param>
internal sealed record MerchantKind(string Category, bool IsOnline, int Weight, double AmountFactor)
{
    public static readonly MerchantKind[] All =
    [
        new("5411", IsOnline: false, 30, 1.0),
        new("5541", IsOnline: false, 12, 1.7),
        new("5812", IsOnline: false, 16, 0.9),
        new("5814", IsOnline: false, 14, 0.35),
        new("5912", IsOnline: false, 8, 0.6),
        new("5651", IsOnline: false, 8, 1.9),
        new("5732", IsOnline: false, 3, 5.0),
        new("5944", IsOnline: false, 1, 7.0),
        new("4111", IsOnline: false, 8, 0.2),
        new("5999", IsOnline: true, 40, 1.2),
        new("5816", IsOnline: true, 15, 0.5),
        new("4899", IsOnline: true, 12, 0.5),
        new("5732", IsOnline: true, 10, 4.0),
        new("4511", IsOnline: true, 6, 8.0),
        new("7011", IsOnline: true, 7, 5.0),
        new("6051", IsOnline: true, 2, 4.0),
    ];

    private static readonly int OnlineWeights = All.Where(kind => kind.IsOnline).Sum(kind => kind.Weight);

    private static readonly int ShopWeights = All.Where(kind => !kind.IsOnline).Sum(kind => kind.Weight);

    public static MerchantKind Pick(bool isOnline, Xoshiro256 random)
    {
        int left = random.NextBelow(isOnline ? OnlineWeights : ShopWeights);
        return Array.Find(All, kind => kind.IsOnline == isOnline && (left -= kind.Weight) < 0)!;
    }
}
