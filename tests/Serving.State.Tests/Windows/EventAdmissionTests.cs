using Serving.Data;
using Serving.Data.Windows;
using Serving.State.Windows;

namespace Serving.State.Tests.Windows;

public sealed class EventAdmissionTests
{
    [Theory]
    [InlineData(0, 0, 1000, EventVerdict.Accepted)]
    [InlineData(0, 1000, 1000, EventVerdict.Accepted)]
    [InlineData(0, 1001, 1000, EventVerdict.Late)]
    [InlineData(0, 1001, -1, EventVerdict.Accepted)]
    [InlineData(5000, 0, 1000, EventVerdict.Accepted)]
    [InlineData(5001, 0, 1000, EventVerdict.Future)]
    [InlineData(long.MinValue, long.MaxValue, 1000, EventVerdict.Late)]
    [InlineData(long.MaxValue, long.MinValue, 1000, EventVerdict.Future)]
    [InlineData(long.MinValue, long.MaxValue, -1, EventVerdict.Accepted)]
    public void Check_TimeAndKnown_GivesTheVerdictOfTheRules(long time, long known, long late, EventVerdict expected)
    {
        KeyedLog log = new LogBuilder { LateMs = late }
            .Read(WindowFunction.Count, LogBuilder.Last(LogBuilder.Hour)).Build();
        RowBatch rows = new(log.Event.Schema);
        rows.AddRow();
        rows.Set(0, log.Event.TimeField, time);
        rows.Set(0, log.Event.KnownField, known);

        Assert.Equal(expected, EventAdmission.Check(log.Event, rows, 0));
    }
}
