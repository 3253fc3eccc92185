using System.Globalization;

namespace Serving.Engine.Routing;

/// <summary>Shares between buckets and percents.</summary>
public static class SharePercent
{
    /// <summary>A share in percent with at most two decimals.</summary>
    public static decimal Of(int buckets) => buckets / 100m;

    /// <summary>The same as text, such as <c>5</c> or <c>0.25</c>.</summary>
    public static string Text(int buckets) => Of(buckets).ToString("0.##", CultureInfo.InvariantCulture);

    /// <summary>The buckets of a percentage; false where it is no multiple of 0.01 from 0 to 100.</summary>
    public static bool TryBuckets(decimal percent, out int buckets)
    {
        decimal scaled = percent * 100m;
        bool isShare = percent is >= 0 and <= 100 && decimal.Truncate(scaled) == scaled;
        buckets = isShare ? (int)scaled : 0;
        return isShare;
    }
}
