using System.Globalization;
using Serving.Data.Windows;
using Serving.Features.Binding;
using Serving.Features.Tests.Fitting;
using Xunit;

namespace Serving.Features.Tests.Windows;

/// <summary>What a script's windows ask of the state.</summary>
public sealed class WindowPlanTests
{
    private const long HourMs = 3_600_000;
    private const long DayMs = 24 * HourMs;

    [Theory]
    [InlineData(500, 1000)]
    [InlineData(23_999, 1000)]
    [InlineData(24_000, 1000)]
    [InlineData(239_999, 1000)]
    [InlineData(240_000, 10_000)]
    [InlineData(HourMs, 60_000)]
    [InlineData(2 * HourMs, 300_000)]
    [InlineData(6 * HourMs, 900_000)]
    [InlineData(DayMs, HourMs)]
    [InlineData(6 * DayMs, 6 * HourMs)]
    [InlineData(24 * DayMs - 1, 6 * HourMs)]
    [InlineData(24 * DayMs, DayMs)]
    [InlineData(365 * DayMs, DayMs)]
    public void DefaultStep_Span_IsTheGreatestOf24InIt(long span, long step) =>
        Assert.Equal(step, WindowBinder.DefaultStep(span));

    [Fact]
    public void Plan_EqualKeys_ShareALogWhateverTheWindow()
    {
        WindowPlan plan = Plan("""
            window w = r by k last 1h, 1d;
            window u = r by k last 7d step 2h delay 1d where n > 3;
            window x = r by (k, s) last 1h;
            window y = r by (s, k) last 1h;
            window z = e by k last 1h;
            window unused = r by s last 365d;
            feature f_a = count() over u;
            feature f_b = count() over w;
            feature f_c = count() over x;
            feature f_d = count() over y;
            feature f_f = count() over z;
            """);
        Assert.Equal(["r 2", "r 2,3", "r 3,2", "e 3"], plan.Logs.Select(log =>
            $"{log.Event.Schema.Name} {string.Join(',', log.EventKey)}"));
        Assert.Equal(["2", "2,3", "3,2", "2"], plan.Logs.Select(log => string.Join(',', log.RequestKey)));
        Assert.Equal(
            ["count() over u[7d]", "count() over w[1h]", "count() over w[1d]", "count() over x[1h]",
                "count() over y[1h]", "count() over z[1h]"],
            plan.Values.Fields.Select(field => field.Name));
        Assert.Equal([0, 1, 2, 3, 4, 5], plan.Logs.SelectMany(log => log.Readings).Select(reading => reading.Slot));
        Assert.Equal(
            [new WindowBounds(7 * DayMs, 2 * HourMs, DayMs), new WindowBounds(HourMs, 60_000, 0),
                new WindowBounds(DayMs, HourMs, 0)],
            plan.Logs[0].Readings.Select(reading => reading.Bounds));
        Assert.Equal((8 * DayMs) + (2 * HourMs), plan.Logs[0].HorizonMs);

        // late of r; e declares none, so the horizon of the set with all its windows.
        Assert.Equal([600_000, 600_000, 600_000, 366 * DayMs], plan.Logs.Select(log => log.RepetitionMs));
    }

    [Fact]
    public void Plan_Lifetime_HasNoHorizon()
    {
        WindowPlan plan = Plan("""
            window z = e by k last lifetime;
            window y = e by s last lifetime step 1m delay 2h;
            window w = r by k last 1h;
            feature f_a = last(v) over z;
            feature f_b = count() over y;
            feature f_c = count() over w;
            """);
        Assert.Equal([-1, -1, HourMs + 60_000], plan.Logs.Select(log => log.HorizonMs));
        Assert.Equal([-1, -1, 600_000], plan.Logs.Select(log => log.RepetitionMs));
        Assert.Equal(new WindowBounds(-1, HourMs, 0), plan.Logs[0].Readings[0].Bounds);
        Assert.Equal(new WindowBounds(-1, 60_000, 2 * HourMs), plan.Logs[1].Readings[0].Bounds);
        Assert.Equal([true, false, false], plan.Logs.Select(log => log.HoldsIds));
    }

    [Fact]
    public void Plan_EqualCalls_ShareASlotAndEqualMeasuresTheirParts()
    {
        WindowPlan plan = Plan("""
            window w = r by s last 1d where n > 3;
            window u = r by s last 7d where n > 3;
            feature f_a = sum(a) over w;
            feature f_b = (sum(a) over w) + a;
            feature f_c = mean(a) over u;
            feature f_d = var(a) over u;
            feature f_f = sum(a where n > 3) over w;
            feature f_g = min(a) over w;
            feature f_h = count(m) over w;
            feature f_i = count(n) over w;
            feature f_j = decay_count(3h) over w;
            """);
        KeyedLog log = Assert.Single(plan.Logs);
        Assert.Equal(8, plan.Values.Fields.Length);
        Assert.Equal(
            ["0/1 Count, Sum, SumOfSquares, Min", "0/2 Sum", "3/1 Count", "-1/1 Count"],
            log.Measures.Select(Describe));
        Assert.Equal(
            ["a:decimal(2)", "Greater(n:int, int#3)", "and(Greater(n:int, int#3), Greater(n:int, int#3))", "m:int?"],
            log.Columns.Select(column => column.Text));
        Assert.Equal([0, 0, 0, 1, 0, 2, 3, 3], log.Readings.Select(reading => reading.Measure));
        Assert.Equal(3 * HourMs, log.Readings[^1].HalfLifeMs);
    }

    [Fact]
    public void Plan_BoundedCalls_ChooseByTheWindowAndJudgeTheirWhereBehind()
    {
        WindowPlan plan = Plan("""
            window w = r by s last 1d where f > 0.0 keep 7;
            feature f_a = distinct(k where n > 3) over w;
            feature f_b = count(where n == now.n and hour(at) == 3) over w;
            feature f_c = any(b where n == now.n) over w;
            feature f_d = share(n > 3 where n == now.n) over w;
            feature f_g = count(where n == now.n and hour(at) == 3) over w + 1;
            feature f_h = count() over w;
            """);
        KeyedLog log = Assert.Single(plan.Logs);
        Assert.True(log.HoldsIds);
        Assert.Equal(3, log.ConditionCount);
        WindowReading[] readings = [.. log.Readings];
        Assert.Equal([7, 7, 7, 7, 0], readings.Select(reading => reading.Keep));
        Assert.Equal([-1, 0, 1, 2, -1], readings.Select(reading => reading.Condition));
        Assert.Equal("Greater(n:int, int#3)", log.Columns[readings[0].Where].Text);
        Assert.Equal([-1, -1, -1, -1], readings[1..].Select(reading => reading.Where));

        string within = "Greater(f:float, float#0000000000000000)";
        Assert.Equal(
            ["k:string?", "-", "-", "-"],
            readings[..4].Select(reading => Text(log, log.Measures[reading.Measure].Argument)));
        Assert.Equal(
            [within, within, within, $"and({within}, Greater(n:int, int#3))"],
            readings[..4].Select(reading => Text(log, log.Measures[reading.Measure].Where)));
        Assert.Equal(within, Text(log, log.Measures[readings[3].Whole].Where));
        Assert.Contains("n:int", log.Columns.Select(column => column.Text));
        Assert.Contains(
            "Equal(Hour[0 0  zone UTC](at:time), int#3)", log.Columns.Select(column => column.Text));
        Assert.Contains("coalesce(b:bool?, bool#0)", log.Columns.Select(column => column.Text));
    }

    [Fact]
    public void Plan_AnyAndShare_CountBoolColumns()
    {
        WindowPlan plan = Plan("""
            window w = r by s last 1d;
            feature f_a = any(b) over w;
            feature b_any = any(n > 1 where f > 0.0) over w;
            feature f_c = share(n > 1) over w;
            """);
        KeyedLog log = Assert.Single(plan.Logs);
        Assert.Equal(
            ["coalesce(b:bool?, bool#0)", "and(Greater(f:float, float#0000000000000000), Greater(n:int, int#1))",
                "Greater(n:int, int#1)"],
            log.Readings.Select(reading => Text(log, log.Measures[reading.Measure].Where)));
        Assert.Equal(
            ["b ?? false", "f > 0.0 and n > 1", "n > 1"],
            log.Readings.Select(reading => log.Columns[log.Measures[reading.Measure].Where].Shown));
        Assert.Equal("-", Text(log, log.Measures[log.Readings[2].Whole].Where));
        Assert.Equal("bool bool float?", string.Join(' ', log.Readings.Select(reading => reading.Type.ToString())));
    }

    [Theory]
    [InlineData("count()", "int", "int?")]
    [InlineData("sum(m)", "int", "int?")]
    [InlineData("sum(a)", "decimal(2)", "decimal(2)?")]
    [InlineData("mean(n)", "float?", "float?")]
    [InlineData("min(at)", "time?", "time?")]
    [InlineData("first(s)", "string?", "string?")]
    [InlineData("any()", "bool", "bool?")]
    [InlineData("distinct(s)", "int", "int?")]
    [InlineData("decay_sum(a, 1h)", "float", "float?")]
    [InlineData("seconds_since_last()", "float?", "float?")]
    public void Value_Call_HasItsType(string call, string type, string typeOfOptionalKey)
    {
        foreach ((string key, string expected) in new[] { ("s", type), ("k", typeOfOptionalKey) })
        {
            WindowPlan plan = Plan($"window w = r by {key} last 1d keep 3;\nfeature x = ({call} over w) is missing;");
            Assert.Equal(expected, plan.Values.Fields[0].Type.ToString());
        }
    }

    [Fact]
    public void AnyLabel_Condition_IsAColumnOrReadsTheRequest()
    {
        FeatureScript plain = Compile("label y = any(e where (v > 1.0) ?? false) on s == k within 90m;");
        Assert.True(plain.Windows.IsEmpty);
        EventLabel label = plain.AnyLabel!;
        Assert.Equal((4, 2, 0, 5_400_000L), (label.EventField, label.RequestField, label.Where, label.WithinMs));
        Assert.Equal(0, label.Log.ConditionCount);
        Assert.Equal(-1, label.Log.RepetitionMs);

        EventLabel asking = Compile(
            "label y = any(e where (v > now.f) ?? false) on s == k within 90m;\nwindow w = r by k last 1h;").AnyLabel!;
        Assert.Equal((-1, 1), (asking.Where, asking.Log.ConditionCount));
        Assert.Equal(HourMs + 60_000, asking.Log.RepetitionMs);
        Assert.Equal(["v:float?"], asking.Log.Columns.Select(column => column.Text));
    }

    private static FeatureScript Compile(string text) => Scripts.Compile("""
        features t 1 zone "UTC";
        request r { id: string; at: time; k: string?; s: string; a: decimal(2); n: int; m: int?; f: float; b: bool?; }
          id id, time at, late 10m;
        event e { id: int; at: time; kn: time; k: string?; s: string; v: float?; } id id, time at, known kn;

        """ + text);

    private static WindowPlan Plan(string text) => Compile(text).Windows;

    private static string Text(KeyedLog log, int column) => column < 0 ? "-" : log.Columns[column].Text;

    private static string Describe(LogMeasure measure) =>
        string.Create(CultureInfo.InvariantCulture, $"{measure.Argument}/{measure.Where} {measure.Parts}");
}
