using System.Text;
using Serving.Data;
using Serving.Data.Windows;
using Serving.Features.Fitting;
using Serving.Features.Tests.Fitting;
using Serving.Features.Tests.Properties;
using Xunit;

namespace Serving.Features.Tests.Windows;

/// <summary>Fitting encoders behind windows, from rows that hold their values.</summary>
public sealed class WindowFittingTests
{
    private const int RowCount = 200;

    [Fact]
    public void Fit_DrawnWindowValues_IsTheSameByBothEvaluators()
    {
        FeatureScript script = WindowScripts.Rich;
        var join = new JoinedRows(script);
        RowBatch joined = Draw(script, join, 11);
        var options = new FittingOptions { LabelField = join.LabelField };
        CancellationToken cancellation = TestContext.Current.CancellationToken;
        FittedStatistics compiled = StatisticsFitter.Fit(script, ListedRows.Of(joined), options, cancellation);
        FittedStatistics interpreted = StatisticsFitter.Fit(
            script, ListedRows.Of(joined), options, InterpretedCells.Compile, cancellation);
        Assert.Equal(
            Encoding.UTF8.GetString(interpreted.CanonicalJson.Span), Encoding.UTF8.GetString(compiled.CanonicalJson.Span));
        Assert.NotEmpty(compiled.Encoders);
        _ = FeatureProgram.Create(script, compiled);
    }

    /// <summary>A window value is fitted as a field of the same values is.</summary>
    [Fact]
    public void Fit_WindowValues_GivesWhatAFieldOfThemGives()
    {
        const string Encoders = "-> quantiles(4, 16); feature y = x_q4 == 2 -> rate; label l = n > 3;";
        const string Head = "features t 1; request r { id: int; at: time; n: int; k: int;";
        FeatureScript windowed = Scripts.Compile(
            $"{Head} }} id id, time at; window w = r by k last 1h; feature x = sum(k) over w {Encoders}");
        FeatureScript plain = Scripts.Compile($"{Head} s: int; }} id id, time at; feature x = s {Encoders}");
        var join = new JoinedRows(windowed);
        Assert.Null(join.LabelField);
        var joined = new RowBatch(join.Schema);
        var fields = new RowBatch(plain.Request);
        var choice = new Choice(4);
        for (int row = 0; row < RowCount; row++)
        {
            foreach (RowBatch rows in (RowBatch[])[joined, fields])
            {
                rows.AddRow();
                rows.Set(row, 0, row);
                rows.Set(row, 1, row);
            }

            long value = choice.Below(40);
            long number = choice.Below(8);
            joined.Set(row, 2, number);
            fields.Set(row, 2, number);
            joined.Set(row, 3, row);
            fields.Set(row, 3, row);
            joined.Set(row, 4, value);
            fields.Set(row, 4, value);
        }

        FittedStatistics one = Scripts.Fit(windowed, joined);
        FittedStatistics other = Scripts.Fit(plain, fields);
        Assert.Equal(Borders(other), Borders(one));
        Assert.True(Borders(one).Length > 0, "nothing was fitted");
        Assert.Equal(other.FindIdCounts("x_q4"), one.FindIdCounts("x_q4"));
    }

    [Fact]
    public void Fit_RowsWithoutWindowValues_IsRefused() => Assert.Throws<ArgumentException>(
        () => Scripts.Fit(
            WindowScripts.Rich,
            WindowScripts.Rows(WindowScripts.Rich.Request, 3, new Choice(1)),
            new FittingOptions { LabelField = 6 }));

    [Fact]
    public void Fit_ConditionWithAnotherWindowValue_IsRefused()
    {
        FeatureScript script = WindowScripts.Rich;
        RowBatch joined = Draw(script, new JoinedRows(script), 2);
        FittingOptions Where(string condition) =>
            new() { Where = condition, LabelField = new JoinedRows(script).LabelField };
        Assert.Throws<InputException>(
            () => Scripts.Fit(script, joined, Where("(count() over z > 3) ?? false")));

        // One that the script reads itself is there.
        FittedStatistics some = Scripts.Fit(script, joined, Where("(any(b) over w[1h]) ?? false"));
        Assert.InRange(some.RowCount, 1, RowCount - 1);
    }

    private static string Borders(FittedStatistics statistics) => string.Join(
        '|', ((FittedBorders)statistics.Find("x", 0)!).BySize.Select(size => string.Join(',', size)));

    private static RowBatch Draw(FeatureScript script, JoinedRows join, ulong seed)
    {
        var choice = new Choice(seed);
        RowBatch rows = WindowScripts.Rows(script.Request, RowCount, choice);
        WindowValues windows = WindowScripts.Values(script.Windows, RowCount, choice, allStates: true);
        var joined = new RowBatch(join.Schema);
        for (int row = 0; row < RowCount; row++)
        {
            rows.Set(row, 0, rows.AddText(Encoding.UTF8.GetBytes($"r{row}")));
            join.Append(joined, rows, windows, row, choice.OneIn(5) ? null : choice.OneIn(2));
        }

        return joined;
    }
}
