using Serving.Data;
using Serving.Engine.Drift;
using Xunit;

namespace Serving.Engine.Tests.Drift;

public sealed class DriftMeterTests
{
    private readonly SetClock _time = new(new DateTimeOffset(2026, 3, 2, 10, 30, 0, TimeSpan.Zero));

    [Fact]
    public void Report_OneFeatureShifted_NamesItAndLeavesTheOthersAlone()
    {
        DriftMeter meter = Meter();
        Add(meter, 5_000, 2, shift: 10);

        DriftReport report = meter.Report(DriftPeriodKind.Hour);

        DriftPeriod period = Assert.Single(report.Periods);
        Assert.Equal(("bundle", 5_000L), (report.Baseline, period.Rows));
        Assert.Equal(new DateTimeOffset(2026, 3, 2, 10, 0, 0, TimeSpan.Zero), period.From);
        Assert.Equal(period.From.AddHours(1), period.To);
        Assert.Equal(
            ["ratio", "amount", "count", "foreign", "country", "cross", "tags", "score"],
            period.Columns.Select(column => column.Name));
        Assert.Equal(
            ["ratio"],
            period.Columns.Where(column => column.State != DriftState.Ok).Select(column => column.Name));
        Assert.Equal(DriftState.Page, period.Columns[0].State);
        Assert.All(period.Columns.Skip(1), column => Assert.InRange(column.Psi, 0, 0.1));
        Assert.InRange(period.Columns[1].Missing, 0.08, 0.12);
        Assert.InRange(period.Columns[1].BaselineMissing, 0.08, 0.12);
    }

    [Fact]
    public void Report_AFeatureMissing_NamesIt()
    {
        DriftMeter meter = Meter();
        (RowBatch rows, double[] scores) = DriftRows.Draw(5_000, 2);
        for (int row = 0; row < rows.RowCount; row += 2)
        {
            rows.Present[(row * rows.FieldCount) + 1] = false;
        }

        meter.Add(rows, scores, 1, meter.Rent());
        DriftColumn amount = meter.Report(DriftPeriodKind.Day).Periods[0].Columns[1];

        Assert.Equal(("amount", DriftState.Page), (amount.Name, amount.State));
        Assert.InRange(amount.Missing, 0.5, 0.6);
    }

    [Fact]
    public void Report_NewTexts_AreUnseen()
    {
        DriftMeter meter = Meter();
        (RowBatch rows, double[] scores) = DriftRows.Draw(5_000, 2);
        for (int row = 0; row < rows.RowCount; row++)
        {
            rows.SetText(row, 4, "nowhere"u8);
        }

        meter.Add(rows, scores, 1, meter.Rent());
        DriftColumn country = meter.Report(DriftPeriodKind.Day).Periods[0].Columns[4];

        Assert.Equal((1.0, DriftState.Page), (country.Unseen, country.State));
    }

    // Sketches of servers, or of contexts, equal one over all rows: exactly, since counts add.
    [Fact]
    public void Sketch_OfParts_MergesToThatOfAllRows()
    {
        DriftMeter all = Meter();
        DriftMeter[] parts = [Meter(), Meter(), Meter()];
        for (int seed = 10; seed < 16; seed++)
        {
            Add(all, 700, seed);
            Add(parts[seed % 3], 700, seed);
        }

        DriftPeriod expected = all.Report(DriftPeriodKind.Day).Periods[0];
        DriftPeriod[] found = [.. parts.Select(part => part.Report(DriftPeriodKind.Day).Periods[0])];
        for (int column = 0; column < expected.Columns.Length; column++)
        {
            DriftSketch merged = found.Select(part => part.Columns[column].Sketch)
                .Aggregate((left, right) => left.Merge(right));
            Assert.Equal(expected.Columns[column].Sketch.Counts, merged.Counts);
            Assert.Equal(expected.Columns[column].Sketch.Other, merged.Other);
            Assert.Equal(expected.Columns[column].Sketch.Missing, merged.Missing);
        }

        Assert.Throws<ArgumentException>(() => expected.Columns[0].Sketch.Merge(expected.Columns[1].Sketch));
    }

    [Fact]
    public async Task Add_FromManyThreadsWhileCollecting_LosesNoRow()
    {
        const int threads = 4;
        const int rounds = 300;
        DriftMeter meter = Meter();
        (RowBatch rows, double[] scores) = DriftRows.Draw(100, 5);
        Task[] adding = [.. Enumerable.Range(0, threads).Select(_ => Task.Run(() =>
        {
            DriftTally tally = meter.Rent();
            for (int round = 0; round < rounds; round++)
            {
                meter.Add(rows, scores, 1, tally);
            }

            meter.GiveBack(tally);
        }))];
        for (int collection = 0; collection < 100; collection++)
        {
            meter.Collect();
        }

        await Task.WhenAll(adding);

        DriftPeriod period = meter.Report(DriftPeriodKind.Day).Periods[0];
        Assert.Equal(threads * rounds * 100, period.Rows);
        Assert.All(period.Columns, column => Assert.Equal(
            period.Rows, column.Sketch.Counts.Sum() + column.Sketch.Other + column.Sketch.Missing));
    }

    [Fact]
    public void Report_OverHoursAndDays_KeepsPeriodsAparts()
    {
        DriftMeter meter = Meter();
        for (int hour = 0; hour < 30; hour++)
        {
            Add(meter, 100 + hour, hour);
            meter.Collect();
            _time.Advance(TimeSpan.FromHours(1));
            meter.Collect();
        }

        DriftReport hours = meter.Report(DriftPeriodKind.Hour);
        DriftReport days = meter.Report(DriftPeriodKind.Day);

        Assert.Equal(Enumerable.Range(100, 30).Select(rows => (long)rows), hours.Periods.Select(period => period.Rows));
        Assert.Equal(
            [Enumerable.Range(100, 14).Sum(), Enumerable.Range(114, 16).Sum()],
            days.Periods.Select(period => (int)period.Rows));
        Assert.Equal(days.Periods[0].To, days.Periods[1].From);
    }

    [Fact]
    public void Report_WithoutABaseline_ComparesWithTheFirstAnswers()
    {
        var meter = new DriftMeter("m", 1, DriftRows.Schema, null, _time);
        DriftReport empty = meter.Report(DriftPeriodKind.Day);
        Assert.Equal(("traffic since 2026-03-02T10:30:00.000Z", 0), (empty.Baseline, empty.Periods.Length));
        Add(meter, 2_000, 1);
        DriftReport early = meter.Report(DriftPeriodKind.Hour);
        Assert.Equal("traffic since 2026-03-02T10:30:00.000Z", early.Baseline);
        Assert.Equal(2_000, early.Periods[0].Rows);
        Assert.All(early.Periods[0].Columns, column => Assert.Equal(DriftState.Ok, column.State));
        Assert.Null(meter.Newest(DriftPeriodKind.Hour));

        Add(meter, 7_999, 2);
        Add(meter, 2, 3);
        meter.Collect();
        _time.Advance(TimeSpan.FromHours(1));
        meter.Collect();
        Add(meter, 8_000, 4, shift: 10);
        DriftReport report = meter.Report(DriftPeriodKind.Hour);

        Assert.Equal("traffic since 2026-03-02T10:30:00.000Z", report.Baseline);
        Assert.Equal([10_001L, 8_000L], report.Periods.Select(period => period.Rows));
        Assert.All(report.Periods[0].Columns, column => Assert.InRange(column.Psi, 0, 0.001));
        Assert.Equal(
            ["ratio"],
            report.Periods[1].Columns.Where(column => column.State != DriftState.Ok).Select(column => column.Name));
        Assert.Equal(0, meter.LostCount);
        Assert.NotNull(meter.Newest(DriftPeriodKind.Day));
    }

    [Fact]
    public void Add_MoreFirstAnswersThanPlaces_CountsTheLostOnes()
    {
        var first = new FirstAnswers(new DriftColumns(DriftRows.Schema), _time);
        (RowBatch rows, double[] scores) = DriftRows.Draw(9_000, 1);

        Assert.False(first.Add(rows, scores, 1));
        Assert.True(first.Add(rows, scores, 1));
        Assert.False(first.Add(rows, scores, 1));
        Assert.False(first.Add(rows, scores, 1));

        Assert.Equal(20_000, first.ClaimedCount);
        Assert.Equal(16_000, first.LostCount);
        Assert.Equal(20_000, first.CountWritten(int.MaxValue));
    }

    private DriftMeter Meter()
    {
        (RowBatch rows, double[] scores) = DriftRows.Draw(8_000, 1);
        return new DriftMeter("m", 1, DriftRows.Schema, DriftRows.Baseline(rows, scores), _time);
    }

    private static void Add(DriftMeter meter, int count, int seed, double shift = 0)
    {
        (RowBatch rows, double[] scores) = DriftRows.Draw(count, seed, shift);
        DriftTally tally = meter.Rent();
        meter.Add(rows, scores, 1, tally);
        meter.GiveBack(tally);
    }
}
