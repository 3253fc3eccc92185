using System.Collections.Immutable;
using System.Text;
using Serving.Data;
using Serving.Features.Fitting;
using Serving.Features.Tests.Conformance;
using Xunit;

namespace Serving.Features.Tests.Fitting;

public sealed class StatisticsFitterTests
{
    private const string Chains = Scripts.Head + """
        request r { id: string; at: time; n: int?; f: float?; d: decimal(2); s: string?;
          tags: list(string, 4)?; y: bool?; } id id, time at;
        feature a = f -> clip(-1.0, 2.0) -> impute(median) -> standardize -> quantiles(2, 4, 8);
        feature b = n -> impute(mode) -> tree(4, min: 2);
        feature c = s -> rate(weight: 3) -> minmax -> quantiles(3, least: 1);
        feature e = s -> vocab(3, min: 2);
        feature g = tags -> vocab(5, min: 1);
        feature h = d -> quantiles(4, least: 1);
        feature x = cross(h, e) -> hash(64);
        feature k = (if h == h then n else n) -> standardize;
        feature m = k -> widths(4);
        label bad = y;
        """;

    [Fact]
    public void Fit_AnyOrderAndThreads_GivesTheSameBytes()
    {
        FeatureScript script = Scripts.Compile(Chains);
        RowBatch rows = Draw(script, 400);
        var random = new Random(5);
        var hashes = new HashSet<string>();
        foreach (int threads in new[] { 1, 2, 3 })
        {
            int[] order = [.. Enumerable.Range(0, rows.RowCount)];
            random.Shuffle(order);
            foreach (CellCompiler compile in new CellCompiler[] { CompiledCells.Compile, InterpretedCells.Compile })
            {
                FittedStatistics fitted = StatisticsFitter.Fit(
                    script,
                    () => new ListedRows(rows, order, 13),
                    new FittingOptions { Threads = threads },
                    compile,
                    TestContext.Current.CancellationToken);
                hashes.Add(fitted.Sha256);
                Assert.Empty(fitted.CheckFor(script.Bound));
                Assert.Equal(
                    fitted.CanonicalJson.ToArray(),
                    FittedStatistics.Read(fitted.CanonicalJson, "s").CanonicalJson.ToArray());
            }
        }

        Assert.Single(hashes);
        Assert.Equal(3, StatisticsFitter.CountPasses(script));
    }

    [Fact]
    public void Fit_Chain_EachEncoderSeesTheOneBefore()
    {
        FittedStatistics fitted = Scripts.FitColumns(
            "f: float?;", "feature z = f -> clip(0.0, 4.0) -> impute(mean) -> minmax -> quantiles(2, least: 1);",
            "1.0", "", "100.0", "-5.0");
        var fill = (FittedFill)fitted.Find("z", 1)!;
        Assert.Equal(5.0 / 3, fill.Value);
        Assert.Equal((3L, 1L), (fill.Observed.Present, fill.Observed.Missing));
        var range = (FittedRange)fitted.Find("z", 2)!;
        Assert.Equal((0.0, 4.0, 4L), (range.Min, range.Max, range.Observed.Present));
        Assert.Equal([5.0 / 3 / 4], ((FittedBorders)fitted.Find("z", 3)!).BySize[0]);
        Assert.Equal([0, 0, 2, 2], fitted.FindIdCounts("z"));
    }

    [Fact]
    public void Fit_NamedFeature_TakesASecondPass()
    {
        const string text = Scripts.Head + """
            request r { id: string; at: time; n: int; } id id, time at;
            feature a = n -> standardize;
            feature b = a -> minmax;
            feature c = b + a -> quantiles(2, least: 1);
            """;
        FeatureScript script = Scripts.Compile(text);
        Assert.Equal(3, StatisticsFitter.CountPasses(script));
        FittedStatistics fitted = Scripts.Fit(text, "id,at,n\na,2026-01-01T00:00:00Z,1\nb,2026-01-01T00:00:00Z,3\n");
        var range = (FittedRange)fitted.Find("b", 0)!;
        Assert.Equal((-1.0, 1.0), (range.Min, range.Max));
        Assert.Equal([2.0], ((FittedBorders)fitted.Find("c", 0)!).BySize[0]);
    }

    [Fact]
    public void Fit_Rates_LeaveOutRowsWithoutLabel()
    {
        FittedStatistics fitted = Scripts.FitColumns(
            "s: string?; y: bool?;", "feature k = s -> rate(weight: 1); label bad = y;",
            "x,true", "x,", ",true", "y,false", "z,");
        var rates = (FittedRates)fitted.Find("k", 0)!;
        Assert.Equal((2.0 / 3, 3L, 2L), (rates.Prior, rates.Labelled, rates.AllPositives));
        Assert.Equal(["x", "y"], rates.Values.Select(value => Encoding.UTF8.GetString(value.Text.AsSpan())));
        Assert.Equal([1L, 0L], rates.Positives);
        Assert.Equal([1L, 1L], rates.Counts);
    }

    [Fact]
    public void Fit_Vocabulary_OrdersByCountThenValue()
    {
        FittedStatistics words = Scripts.FitColumns(
            "s: string?;", "feature v = s -> vocab(2);", "b", "a", "b", "a", "c", "", "\"\"", "\"\"");
        Assert.Equal(["", "a"], ((FittedVocabulary)words.Find("v", 0)!).Words.Select(
            word => Encoding.UTF8.GetString(word.Text.AsSpan())));
        Assert.Equal([1, 3, 2, 2], words.FindIdCounts("v"));
        FittedStatistics numbers = Scripts.FitColumns("n: int;", "feature v = n -> vocab(9, min: 1);", "10", "-3", "2");
        Assert.Equal([-3, 2, 10], ((FittedVocabulary)numbers.Find("v", 0)!).Words.Select(word => word.Slot));
        FittedStatistics lists = Scripts.FitColumns(
            "t: list(string, 4)?;", "feature v = t -> vocab(9, min: 1);", "\"[\"\"a\"\",\"\"a\"\"]\"", "[]", "");
        Assert.Equal([1, 0, 2], lists.FindIdCounts("v"));
    }

    [Fact]
    public void Fit_RowsThatDoNotCount_AreLeftOutAndCounted()
    {
        const string text = Scripts.Head + """
            request r { id: int; at: time; n: int; } id id, time at;
            let twice = n * 2;
            feature a = n -> minmax;
            """;
        const string csv = """
            id,at,n
            1,2026-01-01T00:00:00Z,99
            1,2026-01-02T00:00:00Z,50
            2,2026-01-02T00:00:00Z,5
            3,2026-01-02T00:00:00Z,6
            4,2026-01-03T00:00:00Z,70
            5,2026-01-02T12:00:00Z,7
            5,2026-01-02T12:00:00Z,8
            """;
        long from = DateTimeOffset.Parse("2026-01-02T00:00:00Z", null).ToUnixTimeMilliseconds();
        FittedStatistics fitted = Scripts.Fit(text, csv, new FittingOptions
        {
            From = from, Until = from + 86_400_000, Where = "twice != 12", Threads = 2,
        });
        var range = (FittedRange)fitted.Find("a", 0)!;
        Assert.Equal((5.0, 7.0, 2L), (range.Min, range.Max, fitted.RowCount));
        Assert.Equal((from, from + 43_200_000), (fitted.FirstTime, fitted.LastTime));
        string json = Encoding.UTF8.GetString(fitted.CanonicalJson.Span);
        Assert.Contains("\"excluded\":1,", json, StringComparison.Ordinal);
        Assert.Contains("\"outside\":2,\"repeated\":2,", json, StringComparison.Ordinal);
        Assert.Contains("\"where\":\"twice != 12\"", json, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("n", "a bool")]
    [InlineData("o == 1", "never missing")]
    [InlineData("nothing == 1", "E002")]
    [InlineData("true); feature z = (1", "one expression")]
    [InlineData("a > 0.5", "whose encoders are being fitted")]
    [InlineData("", "--where")]
    public void Fit_WrongCondition_IsRefused(string condition, string message)
    {
        FeatureScript script = Scripts.Compile(Scripts.Head
            + "request r { id: int; at: time; n: int; o: int?; } id id, time at; feature a = n -> minmax; # end");
        InputException refused = Assert.Throws<InputException>(() =>
            Scripts.Fit(script, new RowBatch(script.Request), new FittingOptions { Where = condition }));
        Assert.Contains(message, refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Fit_NoRows_StillFitsEveryEncoder()
    {
        FeatureScript script = Scripts.Compile(Chains);
        FittedStatistics fitted = Scripts.Fit(script, new RowBatch(script.Request));
        Assert.Empty(fitted.CheckFor(script.Bound));
        Assert.Equal(fitted.Sha256, FittedStatistics.Read(fitted.CanonicalJson, "s").Sha256);
        Assert.Equal((0L, (long?)null), (fitted.RowCount, fitted.FirstTime));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void Fit_MoreDistinctValuesThanMemory_SaysWhich(int threads)
    {
        FeatureScript script = Scripts.Compile(
            Scripts.Head + "request r { id: int; at: time; n: int; } id id, time at; "
            + "feature wide = n -> quantiles(4);");
        var rows = new RowBatch(script.Request);
        for (int row = 0; row < 3000; row++)
        {
            rows.AddRow();
            rows.Set(row, 0, row);
            rows.Set(row, 1, 0);
            rows.Set(row, 2, row);
        }

        InputException refused = Assert.Throws<InputException>(() => Scripts.Fit(
            script, rows, new FittingOptions { MemoryBytesMax = 310_000, Threads = threads, CanReadAgain = false }));
        Assert.Contains("distinct values", refused.Message, StringComparison.Ordinal);
    }

    // The exact tables of two columns do not fit; one column of few values stays exact, and both fits are the same.
    [Fact]
    public void Fit_MoreDistinctNumbersThanMemory_SketchesThemWithinTheBound()
    {
        const int count = 200_000;
        FeatureScript script = Scripts.Compile(
            Scripts.Head + "request r { id: int; at: time; n: int; few: int; } id id, time at; "
            + "feature wide = n -> quantiles(4, 64); feature narrow = few -> quantiles(4);"
            + "feature level = n -> standardize;");
        int[] values = [.. Enumerable.Range(0, count)];
        new Random(3).Shuffle(values);
        var rows = new RowBatch(script.Request);
        for (int row = 0; row < count; row++)
        {
            rows.AddRow();
            rows.Set(row, 0, row);
            rows.Set(row, 1, 0);
            rows.Set(row, 2, values[row]);
            rows.Set(row, 3, values[row] % 10);
        }

        var options = new FittingOptions { MemoryBytesMax = 12 << 20, Threads = 2 };
        FittedStatistics fitted = Scripts.Fit(script, rows, options);
        FittedStatistics exact = Scripts.Fit(script, rows);

        Assert.Equal(["wide"], fitted.ApproximateFeatures);
        Assert.Empty(exact.ApproximateFeatures);
        Assert.Equal(fitted.Sha256, Scripts.Fit(script, rows, options with { Threads = 1 }).Sha256);
        Assert.Equal(fitted.Sha256, FittedStatistics.Read(fitted.CanonicalJson, "s").Sha256);
        Assert.Equal(["wide"], FittedStatistics.Read(fitted.CanonicalJson, "s").ApproximateFeatures);
        Assert.Contains("\"sketch\":\"kll-4096\"", Encoding.UTF8.GetString(fitted.CanonicalJson.Span));
        Assert.Equal(exact.FindIdCounts("narrow"), fitted.FindIdCounts("narrow"));
        for (int size = 0; size < 2; size++)
        {
            ImmutableArray<double> near = ((FittedBorders)fitted.Find("wide", 0)!).BySize[size];
            ImmutableArray<double> right = ((FittedBorders)exact.Find("wide", 0)!).BySize[size];
            Assert.Equal(right.Length, near.Length);
            Assert.All(right.Zip(near), pair => Assert.InRange(pair.Second, pair.First - 520, pair.First + 520));
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void Fit_WrongRow_IsReportedOnceTheInputIsRead(int threads)
    {
        FeatureScript script = Scripts.Compile(Chains);
        RowBatch rows = Draw(script, 100);
        InputException refused = Assert.Throws<InputException>(() => StatisticsFitter.Fit(
            script,
            ListedRows.Of(rows, 10, 42),
            new FittingOptions { Threads = threads },
            TestContext.Current.CancellationToken));
        Assert.Equal("row 43", Assert.Single(refused.Problems).Place);
    }

    [Fact]
    public void Fit_Cancelled_Stops()
    {
        FeatureScript script = Scripts.Compile(Chains);
        RowBatch rows = Draw(script, 10);
        Assert.Throws<OperationCanceledException>(() => StatisticsFitter.Fit(
            script, ListedRows.Of(rows), new FittingOptions { Threads = 2 }, new CancellationToken(true)));
    }

    [Fact]
    public void Fit_LabelBesideTheRequest_IsTaken()
    {
        FeatureScript script = Scripts.Compile(Scripts.Head
            + "request r { id: int; at: time; s: string; } id id, time at; feature k = s -> rate; label y = id == 99;");
        RowSchema schema = Scripts.WithLabel(script);
        RowBatch rows = CellReader.Read(
            schema,
            "id,at,s,label\n1,2026-01-01T00:00:00Z,a,true\n2,2026-01-01T00:00:00Z,a,\n"
            + "3,2026-01-01T00:00:00Z,b,false\n");
        FittedStatistics fitted = Scripts.Fit(script, rows, new FittingOptions { LabelField = 3 });
        Assert.Equal([1L, 0L], ((FittedRates)fitted.Find("k", 0)!).Positives);
    }

    [Fact]
    public void Fit_Progress_EndsAtTheLastRowOfTheLastPass()
    {
        FeatureScript script = Scripts.Compile(Chains);
        var seen = new List<FittingProgress>();
        Scripts.Fit(script, Draw(script, 50), new FittingOptions { Progress = seen.Add, Threads = 2 });
        Assert.Equal(new FittingProgress(3, 3, 50, 1.0), seen[^1]);
    }

    private static RowBatch Draw(FeatureScript script, int count)
    {
        var random = new Random(4);
        var csv = new StringBuilder("id,at,n,f,d,s,tags,y\n");
        for (int row = 0; row < count; row++)
        {
            string tags = random.Next(3) == 0 ? "" : $"\"[\"\"t{random.Next(9)}\"\",\"\"t{random.Next(3)}\"\"]\"";
            string label = new[] { "", "true", "false", "false" }[random.Next(4)];
            csv.Append(System.Globalization.CultureInfo.InvariantCulture, $"r{row},2026-01-01T00:00:{row % 60:00}Z,");
            csv.Append(random.Next(4) == 0 ? "" : $"{random.Next(-9, 9)}").Append(',');
            csv.Append(random.Next(4) == 0 ? "" : $"{random.Next(-99, 99) / 33.0:R}").Append(',');
            csv.Append($"{random.Next(0, 30)}.25,{(random.Next(5) == 0 ? "" : $"s{random.Next(6)}")},{tags},{label}\n");
        }

        return CellReader.Read(script.Request, csv.ToString());
    }
}
