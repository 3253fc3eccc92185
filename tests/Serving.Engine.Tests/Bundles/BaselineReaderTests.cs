using System.Text;
using Serving.Data;
using Serving.Engine.Bundles;
using Serving.Engine.Drift;
using Serving.Engine.Tests.Drift;
using Xunit;

namespace Serving.Engine.Tests.Bundles;

public sealed class BaselineReaderTests
{
    private static readonly byte[] s_written = Write();

    [Fact]
    public void Read_WhatWasWritten_IsTheSame()
    {
        var problems = new BundleProblems();

        DriftBaseline? read = BaselineReader.Read(s_written, "baseline.json", DriftRows.Schema, problems);

        Assert.Empty(problems.Shown);
        Assert.Equal(s_written, BaselineWriter.Write(read!));
        Assert.Equal(1_000, read!.Rows);
        Assert.InRange(read.Find("amount")!.MissingShare, 0.05, 0.15);
        Assert.Null(read.Find("nobody"));
    }

    [Theory]
    [InlineData("\"rows\":1000", "\"rows\":1001", "counts of 1000 rows")]
    [InlineData("\"name\":\"ratio\"", "\"name\":\"ratios\"", "'ratio'")]
    [InlineData("\"serving.baseline\"", "\"serving.baselines\"", "format")]
    [InlineData("\"version\":1", "\"version\":2", "version")]
    [InlineData("\"borders\":[1,2]", "\"borders\":[2,1]", "out of order")]
    [InlineData("\"borders\":[1,2]", "\"borders\":[1]", "counts of 2 buckets")]
    [InlineData("\"0000000000000000\"", "\"000000000000000\"", "digest")]
    public void Read_ChangedFile_SaysWhat(string from, string to, string complaint)
    {
        string text = Encoding.UTF8.GetString(s_written);
        Assert.Contains(from, text);
        var problems = new BundleProblems();

        DriftBaseline? read = BaselineReader.Read(
            Encoding.UTF8.GetBytes(text.Replace(from, to, StringComparison.Ordinal)), "baseline.json",
            DriftRows.Schema, problems);

        Assert.Null(read);
        Assert.Contains(complaint, problems.ToException().Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Read_DamagedBytes_NeverThrows()
    {
        var random = new Random(5);
        for (int trial = 0; trial < 2_000; trial++)
        {
            byte[] damaged = [.. s_written.Take(random.Next(s_written.Length))];
            for (int change = random.Next(4); change > 0 && damaged.Length > 0; change--)
            {
                damaged[random.Next(damaged.Length)] = (byte)random.Next(256);
            }

            Assert.Null(BaselineReader.Read(damaged, "baseline.json", DriftRows.Schema, new BundleProblems()));
        }
    }

    private static byte[] Write()
    {
        (RowBatch rows, double[] scores) = DriftRows.Draw(1_000, 4);
        return BaselineWriter.Write(DriftRows.Baseline(rows, scores));
    }
}
