namespace Serving.Models.Links;

/// <summary>
/// The elementary functions that links use, in one place, so that they are the same bits on every machine.
/// </summary>
internal static class LinkMath
{
    public static double Exp(double x) => Math.Exp(x);

    public static double Log(double x) => Math.Log(x);

    public static double Log1P(double x) => Math.Abs(x) < 1e-5 ? x - (x * x / 2) : Math.Log(1 + x);
}
