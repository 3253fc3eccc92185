using System.Numerics;
using Serving.Data.Numerics;
using Serving.Data.Windows;
using Serving.Features.Binding.Tree;
using Serving.Features.Types;

namespace Serving.Features.Evaluation;

/// <summary>
/// One window call for one request, by the definition of its function: over the events of the window, in exact
/// arithmetic, with one rounding at the end.
/// </summary>
internal sealed class OracleCall
{
    // R40: what a float is worth in a sum.
    private const int FloatScale = 6;
    private static readonly BigInteger s_floatMax = BigInteger.One << 95;

    private readonly BoundWindowCall _call;
    private readonly BigInteger _time;
    private readonly InterpretedFrame _frame;

    // The events that pass every where, by (time, id), with their arguments; those without one are left out (R36).
    private readonly (OracleEvent Event, Value? Argument)[] _events;

    private OracleCall(
        BoundWindowCall call,
        (OracleEvent Event, Value? Argument)[] events,
        BigInteger time,
        InterpretedFrame frame)
    {
        _call = call;
        _events = events;
        _time = time;
        _frame = frame;
    }

    /// <summary>The value of a call for a request; <paramref name="underKey"/> has the order of (time, id).</summary>
    public static Value? Evaluate(
        BoundWindowCall call, OracleEvent[] underKey, OracleRequest request, InterpretedFrame frame)
    {
        var edges = OracleEdges.Of(call.Bounds, request.Time);
        IEnumerable<OracleEvent> inside = underKey.Where(item => item.Known <= request.Time
            && edges.Contain(item.Time)
            && (call.Window.Where is not { } where || item.Evaluate(where)!.IsTrue));

        // R33: the latest events of the window, whatever the call's own where lets through.
        inside = call.IsBounded ? inside.TakeLast(call.Window.Keep) : inside;
        if (call.Where is { } condition)
        {
            inside = inside.Where(item => (call.ReadsNow
                ? item.Evaluate(condition, request.Rows, request.Row)
                : item.Evaluate(condition))!.IsTrue);
        }

        (OracleEvent Event, Value? Argument)[] events =
        [
            .. inside.Select(item => (item, call.Argument is null ? null : item.Evaluate(call.Argument)))
                .Where(pair => call.Argument is null || pair.Item2 is not null),
        ];
        return new OracleCall(call, events, request.Time, frame).Evaluate();
    }

    private Value? Evaluate() => _call.Function switch
    {
        WindowFunction.Count => Value.OfInt(_events.Length),
        WindowFunction.Sum => Sum(),
        WindowFunction.Mean => Mean(),
        WindowFunction.Variance => Variance(),
        WindowFunction.Min => Extreme(-1),
        WindowFunction.Max => Extreme(1),
        WindowFunction.First => _events.Length == 0 ? null : _events[0].Argument,
        WindowFunction.Last => _events.Length == 0 ? null : _events[^1].Argument,
        WindowFunction.SecondsSinceLast => SecondsSinceLast(),
        WindowFunction.Any => Value.OfBool(_events.Any(item => item.Argument is null || item.Argument.IsTrue)),
        WindowFunction.Share => Share(),
        WindowFunction.Distinct => Value.OfInt(Distinct()),
        WindowFunction.DecaySum or WindowFunction.DecayCount => Value.OfFloat(Decay()),
        _ => throw new InvalidOperationException($"{_call.Function} is unknown"),
    };

    // R37, R102: in the argument's type; only the whole sum saturates.
    private Value Sum()
    {
        (BigInteger sum, int scale) = SumOf(_events);
        return _call.Argument!.Type.Kind switch
        {
            TypeKind.Int => Value.OfInt(_frame.Saturate(sum)),
            TypeKind.Decimal => Value.OfDecimal(_frame.Saturate(sum), scale),
            _ => Value.OfFloat(Quotient(sum, BigInteger.Pow(10, scale))),
        };
    }

    // R38.
    private Value? Mean()
    {
        (BigInteger sum, int scale) = SumOf(_events);
        return _events.Length == 0
            ? null
            : Value.OfFloat(Quotient(sum, _events.Length * BigInteger.Pow(10, scale)));
    }

    // R39.
    private Value? Variance()
    {
        if (_events.Length == 0)
        {
            return null;
        }

        BigInteger n = _events.Length;
        (BigInteger sum, int scale) = SumOf(_events);
        BigInteger squares = _events.Select(item => WholeOf(item.Argument!))
            .Aggregate(BigInteger.Zero, (total, whole) => total + (whole * whole));
        return Value.OfFloat(Quotient((n * squares) - (sum * sum), n * n * BigInteger.Pow(10, 2 * scale)));
    }

    private Value? Extreme(int sign) => _events.Select(item => item.Argument).Aggregate(
        default(Value),
        (best, value) =>
            best is null || InterpretedComparison.Order(value!, best) * sign > 0 ? value : best);

    // R45.
    private Value? SecondsSinceLast() =>
        _events.Length == 0 ? null : Value.OfFloat((double)(_time - _events[^1].Event.Time) / 1000.0);

    // R46.
    private Value? Share() => _events.Length == 0
        ? null
        : Value.OfFloat((double)_events.Count(item => item.Argument!.IsTrue) / _events.Length);

    // R41.
    private int Distinct()
    {
        var found = new List<Value>();
        foreach ((_, Value? value) in _events)
        {
            if (!found.Exists(known => InterpretedComparison.AreEqual(known, value!)))
            {
                found.Add(value!);
            }
        }

        return found.Count;
    }

    // R47: tile for tile from the oldest on, in binary64.
    private double Decay()
    {
        double total = 0.0;
        foreach (IGrouping<BigInteger, (OracleEvent Event, Value? Argument)> tile in _events
            .GroupBy(item => OracleEdges.Floor(item.Event.Time, _call.Bounds.StepMs)).OrderBy(tile => tile.Key))
        {
            double age = _frame.Saturate((double)(_time - tile.Key) / _call.HalfLifeMs);
            double weight = PortableMath.Exp2(-age);
            total = _frame.Saturate(total + _frame.Saturate(WorthOf([.. tile]) * weight));
        }

        return total;
    }

    private double WorthOf((OracleEvent Event, Value? Argument)[] tile)
    {
        if (_call.Function == WindowFunction.DecayCount)
        {
            return tile.Length;
        }

        (BigInteger sum, int scale) = SumOf(tile);
        return Quotient(sum, BigInteger.Pow(10, scale));
    }

    private (BigInteger Sum, int Scale) SumOf((OracleEvent Event, Value? Argument)[] events)
    {
        int scale = _call.Argument!.Type.Kind switch
        {
            TypeKind.Float => FloatScale,
            TypeKind.Decimal => _call.Argument.Type.Scale,
            _ => 0,
        };
        return (events.Aggregate(BigInteger.Zero, (total, item) => total + WholeOf(item.Argument!)), scale);
    }

    // R40: the product is one of binary64, what follows is exact.
    private BigInteger WholeOf(Value value)
    {
        if (value.Kind != TypeKind.Float)
        {
            return value.Whole;
        }

        double product = _frame.Saturate(value.Real * 1e6);
        return BigInteger.Clamp(ExactNumber.Of(product).Round(), -s_floatMax, s_floatMax);
    }

    private static double Quotient(BigInteger numerator, BigInteger denominator) =>
        new ExactNumber(numerator, denominator).ToDouble();
}
