using System.Collections.Immutable;
using Serving.Data;
using Serving.Engine.Pipeline;
using Serving.Features;

namespace Serving.Engine.Bundles;

/// <summary>
/// Runs sample requests through a pipeline and compares every stage with what is expected, bit for bit. One thread.
/// </summary>
/// <remarks>
/// With sums in lanes (<c>--sum fast</c>) raw scores and scores may differ by a relative 1e-12: the order of additions depends
/// on the width of vectors there; features are compared bit for bit all the same.
/// </remarks>
internal sealed class SampleReplay
{
    private const double FastTolerance = 1e-12;

    private readonly ScoringPipeline _pipeline;
    private readonly double _tolerance;
    private readonly FeatureBatch _features = new();
    private readonly FeatureFrame? _frame;

    /// <summary>Makes a replay on a pipeline whose trees are summed as <paramref name="sum"/> says.</summary>
    public SampleReplay(ScoringPipeline pipeline, string sum)
    {
        _tolerance = sum == "fast" ? FastTolerance : 0;
        _pipeline = pipeline;
        _frame = pipeline.CreateFrame();
    }

    /// <summary>What the pipeline gives for every sample. Refuses samples that the model cannot take.</summary>
    public ImmutableArray<SampleExpectation> Compute(RowBatch samples, BundleProblems problems)
    {
        (int row, int field) = _pipeline.Evaluate(samples, _features, _frame, null);
        if (row >= 0)
        {
            problems.Add(
                $"sample {row + 1}, field '{samples.Schema.Fields[field].Name}'", "a value", "one that the model takes");
            return [];
        }

        int outputs = _pipeline.OutputCount;
        int scoreCount = _pipeline.ScoreCount;
        double[] rawScores = new double[samples.RowCount * outputs];
        double[] scores = new double[samples.RowCount * scoreCount];
        _pipeline.Score(_features, rawScores, scores);
        return
        [
            .. Enumerable.Range(0, samples.RowCount).Select(sample => SampleExpectation.Of(
                _features,
                sample,
                rawScores.AsSpan(sample * outputs, outputs),
                scores.AsSpan(sample * scoreCount, scoreCount))),
        ];
    }

    /// <summary>
    /// Compares all samples at once, then each by itself (other kernels run there); notes each stage that differs, at its
    /// first sample.
    /// </summary>
    public void Compare(RowBatch samples, ImmutableArray<SampleExpectation> expected, BundleProblems problems)
    {
        if (samples.RowCount == 0)
        {
            return;
        }

        long before = problems.Count;
        Compare(Compute(samples, problems), expected, 0, problems);
        var single = new RowBatch(samples.Schema);
        for (int sample = 0; sample < samples.RowCount && problems.Count == before; sample++)
        {
            RowCopy.CopyRow(samples, sample, single);
            Compare(Compute(single, problems), expected.Slice(sample, 1), sample, problems);
        }
    }

    private void Compare(
        ImmutableArray<SampleExpectation> actual,
        ImmutableArray<SampleExpectation> expected,
        int firstSample,
        BundleProblems problems)
    {
        for (int sample = 0; sample < actual.Length; sample++)
        {
            if (FirstDifference(actual[sample], expected[sample]) is not { } difference)
            {
                continue;
            }

            (string stage, string found, string wanted) = difference;
            problems.Add($"sample {firstSample + sample + 1}, stage {stage}", found, wanted,
                "the bundle was packed by a program that computes differently, or was changed; pack it again");
            return;
        }
    }

    private (string Stage, string Found, string Expected)? FirstDifference(
        SampleExpectation actual, SampleExpectation expected)
    {
        return Numbers("encoded features, dense input", actual.Dense, expected.Dense, 0)
            ?? Ids(actual.Ids, expected.Ids)
            ?? Numbers("raw score", actual.RawScores, expected.RawScores, _tolerance)
            ?? Numbers("score", actual.Scores, expected.Scores, _tolerance);
    }

    private static (string Stage, string Found, string Expected)? Numbers(
        string stage, double[] actual, double[] expected, double tolerance)
    {
        if (actual.Length != expected.Length)
        {
            return (stage, $"{actual.Length} values", $"{expected.Length}");
        }

        for (int index = 0; index < actual.Length; index++)
        {
            bool isEqual = BitConverter.DoubleToInt64Bits(actual[index]) == BitConverter.DoubleToInt64Bits(expected[index])
                || (double.IsNaN(actual[index]) && double.IsNaN(expected[index]))
                || (tolerance > 0 && Math.Abs(actual[index] - expected[index]) <= tolerance * Math.Abs(expected[index]));
            if (!isEqual)
            {
                return ($"{stage} {index}", Text(actual[index]), Text(expected[index]));
            }
        }

        return null;
    }

    private static (string Stage, string Found, string Expected)? Ids(uint[][] actual, uint[][] expected)
    {
        if (actual.Length != expected.Length)
        {
            return ("encoded features, id inputs", $"{actual.Length}", $"{expected.Length}");
        }

        for (int input = 0; input < actual.Length; input++)
        {
            if (!actual[input].AsSpan().SequenceEqual(expected[input]))
            {
                return (
                    $"encoded features, id input {input}",
                    string.Join(' ', actual[input].Take(20)),
                    string.Join(' ', expected[input].Take(20)));
            }
        }

        return null;
    }

    private static string Text(double value) => double.IsNaN(value) ? "missing" : value.ToString("R");
}
