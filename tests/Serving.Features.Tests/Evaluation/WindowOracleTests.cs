using Serving.Data;
using Serving.Data.Windows;
using Serving.Features.Evaluation;
using Serving.Features.Tests.Conformance;
using Serving.Features.Tests.Properties;
using Xunit;

namespace Serving.Features.Tests.Evaluation;

/// <summary>
/// What must hold of every history, whatever a window computes; single values are in tests/Conformance/130-windows and
/// the golden cases.
/// </summary>
public sealed class WindowOracleTests
{
    private const int Scripts = 60;
    private const int Rows = 40;

    // Section 5, 6: what becomes known behind the request's time changes nothing.
    [Fact]
    public void Read_WithoutTheFuture_GivesTheSame()
    {
        for (ulong seed = 0; seed < Scripts; seed++)
        {
            FeatureScript script = Fitting.Scripts.Compile(WindowScriptGenerator.Draw(seed));
            var choice = new Choice(seed);
            Dictionary<EventDeclaration, RowBatch> history = script.Events.ToDictionary(
                item => item, item => EventStream.Draw(item, Rows, choice));
            var all = new WindowOracle(script);
            foreach ((EventDeclaration item, RowBatch rows) in history)
            {
                all.Add(item.Schema.Name, rows);
            }

            RowBatch requests = history[script.Events[0]];
            foreach (int row in (ReadOnlySpan<int>)[0, 1, 2])
            {
                var past = new WindowOracle(script);
                long time = requests.Get(row, script.TimeField);
                foreach ((EventDeclaration item, RowBatch rows) in history)
                {
                    past.Add(item.Schema.Name, Where(rows, one => item.KnownOf(rows, one) <= time));
                }

                Assert.Equal(Values(script, all, requests, row), Values(script, past, requests, row));
            }
        }
    }

    // R51: places in files decide between equal known times alone.
    [Fact]
    public void Read_RowsInTheOrderTheyBecameKnown_GivesTheSame()
    {
        for (ulong seed = 0; seed < Scripts; seed++)
        {
            FeatureScript script = Fitting.Scripts.Compile(WindowScriptGenerator.Draw(seed));
            var choice = new Choice(seed);
            var one = new WindowOracle(script);
            var other = new WindowOracle(script);
            RowBatch requests = EventStream.Draw(script.Events[0], Rows, choice);
            foreach (EventDeclaration item in script.Events)
            {
                RowBatch rows = item.IsRequest ? requests : EventStream.Draw(item, Rows, choice);
                one.Add(item.Schema.Name, rows);
                foreach (int row in Enumerable.Range(0, rows.RowCount).OrderBy(row => item.KnownOf(rows, row)))
                {
                    other.Add(item.Schema.Name, Where(rows, place => place == row));
                }
            }

            for (int row = 0; row < requests.RowCount; row++)
            {
                Assert.Equal(Values(script, one, requests, row), Values(script, other, requests, row));
                Assert.Equal(one.Label(requests, row), other.Label(requests, row));
            }

            Assert.Equal((one.LateCount, one.FutureCount), (other.LateCount, other.FutureCount));
        }
    }

    // R44: a key remembers its last 4,096 accepted events, whatever late says.
    [Fact]
    public void Read_IdBehind4096Others_IsAcceptedAgain()
    {
        FeatureScript script = Fitting.Scripts.Compile("""
            features t 1;
            request r { id: string; at: time; } id id, time at, late 1h;
            event e { id: int; at: time; k: string; } id id, time at, lag 0s, late 10d;
            window w = r by at last 1h;
            feature n = count() over w;
            label y = any(e where id == 0) on k == id within 1d;
            """);
        foreach ((int others, bool isAccepted) in (ReadOnlySpan<(int, bool)>)[(4095, false), (4096, true)])
        {
            var events = new RowBatch(script.Events[1].Schema);
            for (int index = 0; index <= others + 1; index++)
            {
                int row = events.AddRow();
                events.Set(row, 0, index % (others + 1));
                events.Set(row, 1, 1_000_000 + index);
                events.SetText(row, 2, "k"u8);
            }

            var oracle = new WindowOracle(script);
            oracle.Add("e", events);
            var requests = new RowBatch(script.Request);
            requests.AddRow();
            requests.SetText(0, 0, "k"u8);
            requests.Set(0, 1, 1_000_001);
            Assert.Equal(isAccepted, oracle.Label(requests, 0));
        }
    }

    [Fact]
    public void Add_UnknownEvent_IsRefused()
    {
        FeatureScript script = Fitting.Scripts.Compile(WindowScriptGenerator.Draw(0));
        Assert.Throws<ArgumentException>(
            () => new WindowOracle(script).Add("nothing", new RowBatch(script.Request)));
    }

    private static RowBatch Where(RowBatch rows, Func<int, bool> condition)
    {
        var chosen = new RowBatch(rows.Schema);
        chosen.CopyFrom(rows);
        for (int row = rows.RowCount - 1; row >= 0; row--)
        {
            chosen.RemoveLastRow();
        }

        // Handles of texts and lists stay right: the copy has the arenas of all rows.
        foreach (int row in Enumerable.Range(0, rows.RowCount).Where(condition))
        {
            int to = chosen.AddRow();
            for (int field = 0; field < rows.FieldCount; field++)
            {
                if (rows.IsPresent(row, field))
                {
                    chosen.Set(to, field, rows.Get(row, field));
                }
            }
        }

        return chosen;
    }

    private static string Values(FeatureScript script, WindowOracle oracle, RowBatch requests, int row)
    {
        var values = new WindowValues(script.Windows);
        oracle.Read(requests, row, values);
        return string.Join(
            ' ', Enumerable.Range(0, values.Rows.FieldCount).Select(field => CellWriter.Raw(values.Rows, 0, field)));
    }
}
