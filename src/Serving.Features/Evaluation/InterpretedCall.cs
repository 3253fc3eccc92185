using System.Numerics;
using Serving.Data.Numerics;
using Serving.Features.Binding.Tree;

namespace Serving.Features.Evaluation;

/// <summary>The scalar functions, called with present arguments.</summary>
internal static class InterpretedCall
{
    private const double EarthRadiusKm = 6371.0088;

    public static Value? Apply(BoundCall call, Value[] arguments, InterpretedFrame frame)
    {
        Value first = arguments[0];
        return call.Function switch
        {
            ScalarFunction.Abs => InterpretedArithmetic.Abs(first, frame),
            ScalarFunction.Min => arguments.Aggregate((a, b) => InterpretedComparison.Order(b, a) < 0 ? b : a),
            ScalarFunction.Max => arguments.Aggregate((a, b) => InterpretedComparison.Order(b, a) > 0 ? b : a),
            ScalarFunction.Floor => Value.OfInt(frame.Saturate(ExactNumber.Of(first).Floor())),
            ScalarFunction.Round => Value.OfInt(frame.Saturate(ExactNumber.Of(first).Round())),
            ScalarFunction.Decimal => ToDecimal(first, (int)call.Parameter1, frame),
            ScalarFunction.Sqrt or ScalarFunction.Log or ScalarFunction.Log1p or ScalarFunction.Exp =>
                OfOneFloat(call.Function, first.Real, frame),
            ScalarFunction.Pow => Pow(first.Real, arguments[1].Real, frame),
            ScalarFunction.DistanceKm => DistanceKm([.. arguments.Select(argument => argument.Real)], frame),
            ScalarFunction.Smooth => Smooth([.. arguments.Select(argument => argument.Real)], frame),
            ScalarFunction.CircularSin => Circular(PortableMath.Sin, first.Real, arguments[1].Real, frame),
            ScalarFunction.CircularCos => Circular(PortableMath.Cos, first.Real, arguments[1].Real, frame),
            ScalarFunction.Hour or ScalarFunction.Weekday or ScalarFunction.Day or ScalarFunction.Month =>
                Value.OfInt(CalendarPart(call.Function, InterpretedCalendar.Of(first.Whole, call.Zone!))),
            ScalarFunction.YearsBetween =>
                Value.OfInt(InterpretedCalendar.YearsBetween(first.Whole, arguments[1].Whole, call.Zone!)),
            ScalarFunction.SecondsBetween => SecondsBetween(first.Whole, arguments[1].Whole),
            ScalarFunction.Length => Value.OfInt(InterpretedText.Length(first.Text)),
            _ => TextOf(call, first.Text) is { } text ? Value.OfText(text) : null,
        };
    }

    private static byte[]? TextOf(BoundCall call, byte[] text) => call.Function switch
    {
        ScalarFunction.LowerAscii => InterpretedText.LowerAscii(text),
        ScalarFunction.Fold => InterpretedText.Fold(text),
        ScalarFunction.Prefix => InterpretedText.Prefix(text, call.Parameter1),
        ScalarFunction.Part =>
            InterpretedText.Part(text, [.. call.TextParameter], call.Parameter1, call.Parameter2),
        ScalarFunction.StripDigits => InterpretedText.StripDigits(text),
        ScalarFunction.Host => InterpretedText.Host(text),
        _ => throw new InvalidOperationException($"{call.Function} is unknown"),
    };

    // R105: the exact value, rounded half-even to the scale, saturating.
    private static Value ToDecimal(Value number, int scale, InterpretedFrame frame) => Value.OfDecimal(
        frame.Saturate(ExactNumber.Of(number).Times(BigInteger.Pow(10, scale)).Round()), scale);

    // R15: missing outside the real domain. R14: correctly rounded.
    private static Value? OfOneFloat(ScalarFunction function, double x, InterpretedFrame frame)
    {
        bool isInDomain = function switch
        {
            ScalarFunction.Sqrt => x >= 0,
            ScalarFunction.Log => x > 0,
            ScalarFunction.Log1p => x > -1,
            _ => true,
        };
        if (!isInDomain)
        {
            return null;
        }

        return Value.OfFloat(frame.Saturate(function switch
        {
            ScalarFunction.Sqrt => Math.Sqrt(x),
            ScalarFunction.Log => PortableMath.Log(x),
            ScalarFunction.Log1p => PortableMath.Log1p(x),
            _ => PortableMath.Exp(x),
        }));
    }

    // R15: pow(x, 0) = 1; missing for pow(0, y < 0) and for a negative x with a fractional y.
    private static Value? Pow(double x, double y, InterpretedFrame frame)
    {
        if (y == 0)
        {
            return Value.OfFloat(1.0);
        }

        if ((x == 0 && y < 0) || (x < 0 && Math.Truncate(y) != y))
        {
            return null;
        }

        return Value.OfFloat(frame.Saturate(PortableMath.Pow(x, y)));
    }

    // R62, binary64 in the order of the formula.
    private static Value? DistanceKm(double[] place, InterpretedFrame frame)
    {
        (double lat1, double lon1, double lat2, double lon2) = (place[0], place[1], place[2], place[3]);
        if (Math.Abs(lat1) > 90 || Math.Abs(lat2) > 90 || Math.Abs(lon1) > 180 || Math.Abs(lon2) > 180)
        {
            return null;
        }

        const double R = Math.PI / 180;
        double sinLat = frame.Saturate(PortableMath.Sin(((lat2 - lat1) * R) / 2));
        double sinLon = frame.Saturate(PortableMath.Sin(((lon2 - lon1) * R) / 2));
        double cosines = PortableMath.Cos(lat1 * R) * PortableMath.Cos(lat2 * R);
        double a = (sinLat * sinLat) + (cosines * (sinLon * sinLon));
        double angle = PortableMath.Asin(Math.Sqrt(Math.Min(1, a)));
        return Value.OfFloat(frame.Saturate(2 * EarthRadiusKm * angle));
    }

    // R64, binary64 in the order product, sum, sum, quotient; missing when the divisor is 0.
    private static Value? Smooth(double[] arguments, InterpretedFrame frame)
    {
        (double k, double n, double prior, double weight) = (arguments[0], arguments[1], arguments[2], arguments[3]);
        double product = frame.Saturate(prior * weight);
        double dividend = frame.Saturate(k + product);
        double divisor = frame.Saturate(n + weight);
        return divisor == 0 ? null : Value.OfFloat(frame.Saturate(dividend / divisor));
    }

    // R63; a division by a period of 0 is missing (R10).
    private static Value? Circular(Func<double, double> function, double x, double period, InterpretedFrame frame)
    {
        if (period == 0)
        {
            return null;
        }

        double turns = frame.Saturate(x / period);
        double angle = frame.Saturate(turns * 6.283185307179586);
        return Value.OfFloat(frame.Saturate(function(angle)));
    }

    private static int CalendarPart(ScalarFunction function, InterpretedCalendar moment) => function switch
    {
        ScalarFunction.Hour => moment.Hour,
        ScalarFunction.Weekday => moment.Weekday,
        ScalarFunction.Day => moment.Day,
        _ => moment.Month,
    };

    // R61: (b - a) / 1000 as float, one division of integers.
    private static Value SecondsBetween(BigInteger from, BigInteger to) =>
        Value.OfFloat(new ExactNumber(to - from, 1000).ToDouble());
}
