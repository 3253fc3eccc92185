using System.Globalization;
using System.Numerics;
using System.Text;
using Serving.Data;
using Serving.Data.Cells;
using Serving.Data.Numerics;
using Serving.Data.Windows;

namespace Serving.State.Tests.Windows;

/// <summary>
/// The rules of the windows written down once more, over lists and integers of any size, without a thought for speed.
/// </summary>
internal static class NaiveWindows
{
    /// <summary>
    /// The values of a log's readings as cells; null where missing. Events in the order of their appends.
    /// </summary>
    public static string?[] Read(KeyedLog log, IReadOnlyList<TestEvent> events, long time, long requestNumber)
    {
        List<TestEvent> existing = Existing(log, events, time);
        return [.. log.Readings.Select(reading => Read(log, reading, existing, time, requestNumber))];
    }

    /// <summary>Events that exist at a time: known by then and no repetition (R44, R51).</summary>
    public static List<TestEvent> Existing(KeyedLog log, IReadOnlyList<TestEvent> events, long time)
    {
        var accepted = new List<TestEvent>();
        foreach (TestEvent next in events.Where(item => item.Known <= time).OrderBy(item => item.Known))
        {
            bool isRepetition = accepted.TakeLast(4096).Any(item =>
                item.Id == next.Id
                && (log.RepetitionMs < 0 || (BigInteger)next.Known - item.Known <= log.RepetitionMs));
            if (!isRepetition)
            {
                accepted.Add(next);
            }
        }

        return accepted;
    }

    private static string? Read(
        KeyedLog log, WindowReading reading, List<TestEvent> existing, long time, long requestNumber)
    {
        LogMeasure measure = log.Measures[reading.Measure];
        LogMeasure whole = log.Measures[reading.Whole < 0 ? reading.Measure : reading.Whole];
        bool isText = log.Event.Schema.Fields[0].Type.Kind == ValueKind.String;
        List<TestEvent> inside = [.. existing
            .Where(item => item.Time >= reading.Bounds.Lower(time) && item.Time < reading.Bounds.Upper(time))
            .Where(item => whole.Where < 0 || (bool)item.Columns[whole.Where]!)
            .OrderBy(item => item.Time)
            .ThenBy(item => isText ? BigInteger.Zero : BigInteger.Parse(item.Id, CultureInfo.InvariantCulture))
            .ThenBy(item => item.Id, Comparer<string>.Create(CompareUtf8))];
        if (reading.Keep > 0)
        {
            inside = [.. inside.TakeLast(reading.Keep)
                .Where(item => reading.Where < 0 || (bool)item.Columns[reading.Where]!)
                .Where(item => reading.Condition < 0 || Equals(item.Columns[1], requestNumber))];
        }

        List<TestEvent> counted = [.. inside
            .Where(item => measure.Where < 0 || (bool)item.Columns[measure.Where]!)
            .Where(item => measure.Argument < 0 || item.Columns[measure.Argument] is not null)];
        object? value = Compute(log, reading, measure, inside, counted, time);
        return value is null ? null : CellOf(reading.Type, value);
    }

    private static object? Compute(
        KeyedLog log, WindowReading reading, LogMeasure measure, List<TestEvent> inside, List<TestEvent> counted,
        long time)
    {
        object[] arguments = measure.Argument < 0 ? [] : [.. counted.Select(item => item.Columns[measure.Argument]!)];
        FieldType type = measure.Argument < 0 ? default : log.Columns[measure.Argument].Type;
        BigInteger unit = BigInteger.Pow(10, type.Kind == ValueKind.Float ? 6 : type.Scale);
        BigInteger[] units = [.. arguments.Select(Units)];
        BigInteger sum = units.Aggregate(BigInteger.Zero, (left, right) => left + right);
        bool isEmpty = counted.Count == 0;
        switch (reading.Function)
        {
            case WindowFunction.Count:
                return (long)counted.Count;
            case WindowFunction.Any:
                return !isEmpty;
            case WindowFunction.Share:
                return inside.Count == 0 ? null : ExactRatio.ToDouble(counted.Count, inside.Count);
            case WindowFunction.Sum:
                return type.Kind == ValueKind.Float
                    ? ExactRatio.ToDouble(sum, unit)
                    : (object)(long)BigInteger.Max(long.MinValue, BigInteger.Min(long.MaxValue, sum));
            case WindowFunction.Mean:
                return isEmpty ? null : ExactRatio.ToDouble(sum, unit * counted.Count);
            case WindowFunction.Variance:
                BigInteger squares = units.Aggregate(BigInteger.Zero, (left, right) => left + (right * right));
                BigInteger count = counted.Count;
                return isEmpty
                    ? null
                    : ExactRatio.ToDouble((count * squares) - (sum * sum), count * count * unit * unit);
            case WindowFunction.Min:
                return arguments.Min();
            case WindowFunction.Max:
                return arguments.Max();
            case WindowFunction.First:
                return arguments.FirstOrDefault();
            case WindowFunction.Last:
                return arguments.LastOrDefault();
            case WindowFunction.SecondsSinceLast:
                return isEmpty ? null : ExactRatio.ToDouble((BigInteger)time - counted[^1].Time, 1000);
            case WindowFunction.Distinct:
                return arguments.Select(item => CellOf(type, item)).Distinct().LongCount();
            default:
                return Decay(reading, counted, units, unit, time);
        }
    }

    private static double Decay(
        WindowReading reading, List<TestEvent> counted, BigInteger[] units, BigInteger unit, long time)
    {
        var tiles = new SortedDictionary<long, (BigInteger Sum, long Count)>();
        for (int index = 0; index < counted.Count; index++)
        {
            long start = WindowBounds.FloorTo(counted[index].Time, reading.Bounds.StepMs);
            (BigInteger sum, long count) = tiles.GetValueOrDefault(start);
            tiles[start] = (sum + (units.Length == 0 ? 0 : units[index]), count + 1);
        }

        double total = 0.0;
        foreach ((long start, (BigInteger sum, long count)) in tiles)
        {
            double age = (double)((BigInteger)time - start);
            double weight = PortableMath.Exp2(-(age / reading.HalfLifeMs));
            double size = reading.Function == WindowFunction.DecayCount ? count : ExactRatio.ToDouble(sum, unit);
            total = Finite(total + Finite(size * weight));
        }

        return total;
    }

    private static double Finite(double value) =>
        double.IsInfinity(value) ? Math.CopySign(double.MaxValue, value) : value + 0.0;

    private static BigInteger Units(object value) => value switch
    {
        long number => number,
        double number => Clamped(Math.Round(number * 1e6, MidpointRounding.ToEven)),
        _ => BigInteger.Zero,
    };

    private static BigInteger Clamped(double scaled)
    {
        BigInteger bound = BigInteger.Pow(2, 95);
        return scaled > (double)bound ? bound : scaled < -(double)bound ? -bound : (BigInteger)scaled;
    }

    private static int CompareUtf8(string left, string right) =>
        Encoding.UTF8.GetBytes(left).AsSpan().SequenceCompareTo(Encoding.UTF8.GetBytes(right));

    private static string CellOf(FieldType type, object value)
    {
        RowBatch row = new(new RowSchema("v", [new Field("v", type)]));
        LogBench.FillColumns(row, new TestEvent("", 0, 0, [value]));
        Utf8Buffer buffer = new();
        CellWriter.Write(buffer, type, row.Get(0, 0), row);
        return Encoding.UTF8.GetString(buffer.Written);
    }
}
