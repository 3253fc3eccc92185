using System.Text;
using Serving.Data;
using Serving.Data.Windows;
using Serving.State.Windows;

namespace Serving.State.Tests.Windows;

public sealed class LogCodecTests(ITestOutputHelper output)
{
    private const long Base = 1_772_445_600_000;

    [Fact]
    public void WriteRecord_CardWithOneAmount_TakesAtMost22Bytes()
    {
        output.WriteLine("columns                              bytes of a record");
        Assert.True(SizeOf("amount up to 81.91", [8191L], Decimal()) <= 21);
        Assert.True(SizeOf("amount up to 10,485.75", [1_048_575L], Decimal()) <= 22);
        SizeOf("no column", []);
        SizeOf("optional amount, missing", [null], Decimal().AsOptional());
        SizeOf("float with few digits", [1.5], new FieldType(ValueKind.Float));
        SizeOf("any float", [0.1], new FieldType(ValueKind.Float));
        SizeOf("8-letter string", ["merchant"], new FieldType(ValueKind.String));
        SizeOf("time", [Base], new FieldType(ValueKind.Time));
        SizeOf("two bools", [true, false], new FieldType(ValueKind.Bool), new FieldType(ValueKind.Bool));
    }

    [Fact]
    public void Schema_AnyFactThatBytesDependOn_ChangesIt()
    {
        LogBuilder Usual() => new LogBuilder().Column("a", Decimal());
        WindowBounds hour = LogBuilder.Last(LogBuilder.Hour);
        KeyedLog log = Usual().Read(WindowFunction.Sum, hour, 0).Build();
        KeyedLog[] others =
        [
            Usual().Read(WindowFunction.Sum, LogBuilder.Last(2 * LogBuilder.Hour), 0).Build(),
            new LogBuilder().Column("b", Decimal()).Read(WindowFunction.Sum, hour, 0).Build(),
            new LogBuilder().Column("a", Decimal().AsOptional()).Read(WindowFunction.Sum, hour, 0).Build(),
            new LogBuilder { HoldsIds = false }.Column("a", Decimal()).Read(WindowFunction.Sum, hour, 0).Build(),
            new LogBuilder { HasTextIds = false }.Column("a", Decimal()).Read(WindowFunction.Sum, hour, 0).Build(),
            new LogBuilder { LateMs = 5 }.Column("a", Decimal()).Read(WindowFunction.Sum, hour, 0).Build(),
            new LogBuilder { HasKnown = false, LagMs = 5 }.Column("a", Decimal())
                .Read(WindowFunction.Sum, hour, 0).Build(),
            log with { EventKey = [0] },
            log with { Measures = [log.Measures[0] with { Parts = MeasureParts.Max }] },
        ];

        ulong[] schemas = [.. others.Append(log).Select(one => new LogCodec(one).Schema)];

        Assert.Equal(schemas.Length, schemas.Distinct().Count());
        Assert.Equal(new LogCodec(log).Schema, new LogCodec(log with { Set = "other" }).Schema);
    }

    [Fact]
    public void TryKeyOfEvent_PartsThatJoinToTheSameBytes_AreDifferentKeys()
    {
        RowSchema fields = new("e",
        [
            new Field("id", new FieldType(ValueKind.String)), new Field("at", new FieldType(ValueKind.Time)),
            new Field("x", new FieldType(ValueKind.String, Optional: true)),
            new Field("y", new FieldType(ValueKind.String)),
        ]);
        KeyedLog log = new LogBuilder().Read(WindowFunction.Count, LogBuilder.Last(LogBuilder.Hour)).Build();
        LogCodec codec = new(log with
        {
            Event = log.Event with { Schema = fields, KnownField = -1 },
            EventKey = [2, 3],
            RequestKey = [3, 2],
        });
        RowBatch rows = new(fields);
        Add("ab", "c");
        Add("a", "bc");
        Add(null, "bc");
        Add(new string('a', 4000), "c");

        Assert.True(codec.TryKeyOfEvent(rows, 0, out StateKey first));
        Assert.True(codec.TryKeyOfEvent(rows, 1, out StateKey second));
        Assert.False(codec.TryKeyOfEvent(rows, 2, out _));
        Assert.True(codec.TryKeyOfEvent(rows, 3, out StateKey large));
        Assert.True(codec.TryKeyOfRequest(rows, 0, out StateKey swapped));
        Assert.Equal(4, new[] { first, second, large, swapped }.Select(key => key.Digest).Distinct().Count());
        Assert.NotEqual(first.Digest, first.Check);
        Assert.Equal(first.Set, second.Set);

        void Add(string? x, string y)
        {
            int row = rows.AddRow();
            rows.SetText(row, 0, "id"u8);
            if (x is not null)
            {
                rows.SetText(row, 2, Encoding.UTF8.GetBytes(x));
            }

            rows.SetText(row, 3, Encoding.UTF8.GetBytes(y));
        }
    }

    [Theory]
    [InlineData(-1, -1, 604_800_000 + 21_600_000 + 3_600_000)]
    [InlineData(600_000, -1, 604_800_000 + 21_600_000 + 600_000 + 3_600_000)]
    public void LifetimeMs_WeekWindow_IsHorizonAndLateAndAnHour(long late, long lag, long expected)
    {
        KeyedLog log = new LogBuilder { LateMs = late, LagMs = lag }
            .Read(WindowFunction.Count, LogBuilder.Last(7 * LogBuilder.Day)).Build();

        Assert.Equal(expected, new LogCodec(log).LifetimeMs);
        Assert.Equal(0, new LogCodec(log with { HorizonMs = -1 }).LifetimeMs);
    }

    private static FieldType Decimal() => new(ValueKind.Decimal, Scale: 2);

    private int SizeOf(string name, object?[] columns, params FieldType[] types)
    {
        LogBuilder builder = new() { HoldsIds = false };
        for (int column = 0; column < types.Length; column++)
        {
            builder.Column($"c{column}", types[column]);
        }

        LogBench bench = new(builder.Read(WindowFunction.Count, LogBuilder.Last(LogBuilder.Day)).Build());
        int size = bench.Record(new TestEvent("3f9c21b07d", Base, Base, columns)).Length;
        output.WriteLine($"{name,-36} {size}");
        return size;
    }
}
