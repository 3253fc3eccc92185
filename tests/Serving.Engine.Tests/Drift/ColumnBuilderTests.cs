using Serving.Engine.Drift;
using Xunit;

namespace Serving.Engine.Tests.Drift;

public sealed class ColumnBuilderTests
{
    [Fact]
    public void Build_EvenNumbers_HasDeciles()
    {
        var builder = new ColumnBuilder("x", isText: false);
        foreach (int value in Enumerable.Range(0, 1_000).Reverse())
        {
            builder.Add(value);
        }

        builder.AddMissing();
        BaselineColumn column = builder.Build();

        Assert.Equal([100, 200, 300, 400, 500, 600, 700, 800, 900], column.Borders);
        Assert.All(column.Counts, count => Assert.Equal(100, count));
        Assert.Equal((1L, 1_001L), (column.Missing, column.Rows));
        Assert.Equal(1 / 1001.0, column.MissingShare);
    }

    // Of 92 % zeros plain deciles would be one bucket, which sees nothing.
    [Fact]
    public void Build_AnAtom_HasABucketOfItsOwn()
    {
        var builder = new ColumnBuilder("gain", isText: false);
        for (int row = 0; row < 1_000; row++)
        {
            builder.Add(row < 920 ? 0 : row);
        }

        BaselineColumn column = builder.Build();

        Assert.Equal(920, column.Borders[0]);
        Assert.Equal(920, column.Counts[0]);
        Assert.Equal(10, column.Counts.Length);
        Assert.Equal(1_000, column.Counts.Sum());
    }

    [Fact]
    public void Build_Texts_KeepsTheHundredMostFrequent()
    {
        var builder = new ColumnBuilder("country", isText: true);
        for (int value = 0; value < 150; value++)
        {
            for (int time = 0; time < 200 - value; time++)
            {
                builder.Add($"v{value:000}");
            }
        }

        BaselineColumn column = builder.Build();

        Assert.Equal(100, column.Values.Length);
        Assert.Equal(("v000", 200L), (column.Values[0], column.Counts[0]));
        Assert.Equal(Enumerable.Range(100, 50).Sum(value => 200 - value), column.Other);
    }

    [Fact]
    public void Build_NoRows_IsOneEmptyBucket()
    {
        BaselineColumn column = new ColumnBuilder("x", isText: false).Build();

        Assert.Empty(column.Borders);
        Assert.Equal([0L], column.Counts);
        Assert.Equal(0, column.MissingShare);
    }
}
