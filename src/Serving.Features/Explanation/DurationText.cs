using System.Globalization;

namespace Serving.Features.Explanation;

/// <summary>Durations as a script spells them: in the greatest unit that divides them.</summary>
public static class DurationText
{
    private static readonly (string Unit, long Ms)[] s_units =
        [("d", 86_400_000), ("h", 3_600_000), ("m", 60_000), ("s", 1000), ("ms", 1)];

    /// <summary>The text of a duration, e.g. <c>36h</c>.</summary>
    public static string Of(long milliseconds)
    {
        (string unit, long ms) = Array.Find(s_units, item => milliseconds % item.Ms == 0);
        return string.Create(CultureInfo.InvariantCulture, $"{milliseconds / ms}{unit}");
    }
}
