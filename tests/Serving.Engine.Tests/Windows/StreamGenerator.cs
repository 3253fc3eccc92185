using System.Globalization;
using Serving.Data;
using Serving.Data.Windows;
using Serving.Features;
using Serving.Features.Tests.Properties;

namespace Serving.Engine.Tests.Windows;

/// <summary>
/// Draws what comes to a server: hot keys, equal times, repeated ids under one key and under others, late and future
/// events, missing keys and values, extreme values, days on which clocks change.
/// </summary>
internal sealed class StreamGenerator(FeatureScript script, Choice choice)
{
    private const long Second = 1000;
    private const long Minute = 60 * Second;
    private const long Hour = 60 * Minute;
    private const long Day = 24 * Hour;
    private const int Ids = 25;
    private const int ArrivalsMin = 15;
    private const int ArrivalsMore = 40;
    private const int ArrivalsMost = 300;

    // Around both changes of the clocks of Berlin and New York, around 1970, and a plain day.
    private static readonly string[] s_bases =
    [
        "2026-03-28T22:00:00Z", "2026-10-24T22:00:00Z", "2026-03-08T04:00:00Z", "2026-11-01T03:00:00Z",
        "1969-12-31T20:00:00Z", "2026-06-10T06:00:00Z",
    ];

    private readonly Dictionary<string, List<Arrival>> _past = [];

    // A stream has a pace of its own: seconds, minutes or days apart.
    private readonly long[] _paces = choice.Of<long[]>(
        [0, 0, 1, 500, Second, 3 * Second, 10 * Second],
        [0, 0, 1, Second, Minute, 5 * Minute, 20 * Minute],
        [0, Second, Minute, 20 * Minute, Hour, 3 * Hour],
        [0, Minute, Hour, 5 * Hour, Day, 9 * Day]);

    private long _clock = DateTimeOffset.Parse(choice.Of<string>(s_bases), CultureInfo.InvariantCulture)
        .ToUnixTimeMilliseconds();

    private bool _isHot;
    private long _lastId;

    /// <summary>The stream of most cases.</summary>
    public List<Arrival> Draw() => Draw(ArrivalsMin + choice.Below(choice.OneIn(25) ? ArrivalsMost : ArrivalsMore));

    /// <summary>A stream of which nearly all goes to one key.</summary>
    public List<Arrival> DrawHot(int count)
    {
        _isHot = true;
        return Draw(count);
    }

    private List<Arrival> Draw(int count)
    {
        // An event with a lag may be delivered before it counts as known.
        bool isEarly = choice.OneIn(4);
        var arrivals = new List<Arrival>();
        for (int index = 0; index < count; index++)
        {
            _clock += choice.Of<long>(_paces);
            EventDeclaration declaration = choice.OneIn(2)
                ? script.Events[0]
                : script.Events[choice.Below(script.Events.Length)];
            arrivals.Add(Draw(declaration, isEarly));
        }

        // At equal times events come before requests, and these in the order of their own times.
        return
        [
            .. arrivals.OrderBy(item => item.Moment)
                .ThenBy(item => item.Event == script.Request.Name)
                .ThenBy(item => item.Event == script.Request.Name ? (long)item.Values.Values[script.TimeField]! : 0),
        ];
    }

    private Arrival Draw(EventDeclaration declaration, bool isEarly)
    {
        if (!_past.TryGetValue(declaration.Schema.Name, out List<Arrival>? past))
        {
            _past.Add(declaration.Schema.Name, past = []);
        }

        object?[] values = past.Count > 0 && choice.OneIn(6)
            ? [.. past[choice.Below(past.Count)].Values.Values]
            : [.. declaration.Schema.Fields.Select(field => Value(field.Type))];
        if (_isHot && !choice.OneIn(20))
        {
            values[declaration.Schema.IndexOf("k")] = "x";
            values[declaration.Schema.IndexOf("s")] = "x";
        }

        if (_isHot && !choice.OneIn(10))
        {
            _lastId++;
            values[declaration.IdField] = values[declaration.IdField] is string
                ? string.Create(CultureInfo.InvariantCulture, $"i{_lastId}")
                : _lastId;
        }

        if (past.Count > 0 && choice.OneIn(8))
        {
            // The id again, under whatever key came out.
            values[declaration.IdField] = past[choice.Below(past.Count)].Values.Values[declaration.IdField];
        }

        long time = TimeOf(declaration);
        values[declaration.TimeField] = time;
        if (declaration.KnownField >= 0)
        {
            values[declaration.KnownField] = _clock;
        }

        bool comesAtOnce = isEarly && declaration.LagMs > 0;
        bool comesAtItsTime = declaration.IsRequest && declaration.KnownField < 0;
        long moment = comesAtItsTime || comesAtOnce ? time : _clock;
        var arrival = new Arrival(declaration.Schema.Name, new RowValues(values), moment);
        past.Add(arrival);
        return arrival;
    }

    private long TimeOf(EventDeclaration declaration)
    {
        if (declaration.IsRequest)
        {
            // A request with an arrival time may be a little behind its own time, or more.
            return declaration.KnownField < 0
                ? _clock
                : _clock - choice.Of(0, 0, 0, 1, 500, 2000, 5 * Minute, declaration.LateMs, declaration.LateMs + 1);
        }

        if (declaration.KnownField < 0)
        {
            return _clock - declaration.LagMs;
        }

        long late = declaration.LateMs >= 0 ? declaration.LateMs : Day;
        long time = _clock - choice.Of(
            0, 0, 0, 1, Second, 5 * Minute, 2 * Hour, late, late + 1, -1, -5000, -5001, choice.Below((int)Hour));
        return choice.OneIn(4) ? WindowBounds.FloorTo(time, choice.Of(Second, Minute, Hour)) : time;
    }

    private object? Value(FieldType type)
    {
        if (type.Optional && choice.OneIn(5))
        {
            return null;
        }

        return type.Kind switch
        {
            ValueKind.String => choice.OneIn(2)
                ? choice.Of("x", "x", "y", "", "Zü")
                : string.Create(CultureInfo.InvariantCulture, $"{choice.Below(Ids)}"),
            ValueKind.Float => choice.Of(
                0.0, -0.0, 1.0, 0.1, -2.5e-6, 5e-7, 1e300, -1e300, 123456.789, 5e-324, choice.Below(1000) / 8.0),
            ValueKind.Decimal => choice.Of(
                0, 50, 100, -333, 99_999_999, long.MaxValue, long.MinValue, choice.Below(10_000)),
            ValueKind.Bool => (long)choice.Below(2),
            _ => choice.Of(0, 1, 2, 3, -1, 40, long.MaxValue, long.MinValue, choice.Below(Ids)),
        };
    }
}
