namespace Serving.Features.Binding.Tree;

/// <summary>
/// The scalar functions. Comments give operand types and rules; all are missing when an argument is missing.
/// </summary>
internal enum ScalarFunction
{
    /// <summary>Of an int, decimal or float; saturates (R102).</summary>
    Abs,

    /// <summary>Least of two or more values of one ordered type (R17).</summary>
    Min,

    /// <summary>Greatest of two or more values of one ordered type (R17).</summary>
    Max,

    /// <summary>Greatest int that is not above a number; saturates (R16).</summary>
    Floor,

    /// <summary>Nearest int, ties to even; saturates (R16).</summary>
    Round,

    /// <summary>A number as decimal(Parameter1), half-even of the exact value, saturating (R105).</summary>
    Decimal,

    /// <summary>Of a float; missing below 0 (R15).</summary>
    Sqrt,

    /// <summary>Of a float; missing at or below 0 (R14, R15).</summary>
    Log,

    /// <summary>log(1 + x) of a float; missing at or below -1 (R14, R15).</summary>
    Log1p,

    /// <summary>Of a float; saturates (R14, R15).</summary>
    Exp,

    /// <summary>x to the power y, floats; missing outside the real domain (R14, R15).</summary>
    Pow,

    /// <summary>Hour 0..23 of a time in Zone (R58).</summary>
    Hour,

    /// <summary>ISO weekday 1..7 of a time in Zone (R58).</summary>
    Weekday,

    /// <summary>Day of month 1..31 of a time in Zone (R58).</summary>
    Day,

    /// <summary>Month 1..12 of a time in Zone (R58).</summary>
    Month,

    /// <summary>Complete calendar years from the first time to the second in Zone (R61).</summary>
    YearsBetween,

    /// <summary>(second - first) / 1000 as float (R61).</summary>
    SecondsBetween,

    /// <summary>Haversine distance of two places given as four floats (R62).</summary>
    DistanceKm,

    /// <summary>ASCII letters in lower case.</summary>
    LowerAscii,

    /// <summary>NFC(simple case folding(NFC(s))) of Unicode 15.0 (R66).</summary>
    Fold,

    /// <summary>The first Parameter1 code points (R65).</summary>
    Prefix,

    /// <summary>Number of code points (R65).</summary>
    Length,

    /// <summary>Fields Parameter1 .. Parameter1 + Parameter2 - 1 of a string split at TextParameter (R65).</summary>
    Part,

    /// <summary>Without trailing ASCII digits.</summary>
    StripDigits,

    /// <summary>Host of a URL or e-mail address, lower case (R67).</summary>
    Host,

    /// <summary>(k + prior * weight) / (n + weight), four floats k, n, prior, weight (R64).</summary>
    Smooth,

    /// <summary>Sine of (x / period) * 6.283185307179586, two floats (R63).</summary>
    CircularSin,

    /// <summary>Cosine of (x / period) * 6.283185307179586, two floats (R63).</summary>
    CircularCos,
}
