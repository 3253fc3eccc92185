using System.Collections.Immutable;
using System.Text;
using Serving.Data;
using Serving.Data.Cells;
using Serving.Data.Windows;
using Serving.Engine.Pipeline;
using Serving.Features;

namespace Serving.Engine.Bundles;

/// <summary>
/// Runs sample requests through a pipeline and compares every stage with what is expected, bit for bit. One thread.
/// </summary>
internal sealed class SampleReplay
{
    private readonly ScoringPipeline _pipeline;
    private readonly SampleCheck _check;
    private readonly ISampleWindows? _windows;
    private readonly FeatureBatch _features = new();
    private readonly FeatureFrame? _frame;

    /// <summary>Makes a replay on a pipeline.</summary>
    /// <param name="pipeline">The pipeline.</param>
    /// <param name="check">How its scores are compared.</param>
    /// <param name="windows">Computes window values; null where the script has none.</param>
    public SampleReplay(ScoringPipeline pipeline, SampleCheck check, ISampleWindows? windows)
    {
        _windows = windows;
        _check = check;
        _pipeline = pipeline;
        _frame = pipeline.CreateFrame();
    }

    /// <summary>What the pipeline gives for every sample. Refuses samples that the model cannot take.</summary>
    public ImmutableArray<SampleExpectation> Compute(SampleSet set, BundleProblems problems)
    {
        RowBatch samples = set.Requests;
        WindowValues? windows = _windows?.Read(set);
        if (!TryEvaluate(samples, windows, problems))
        {
            return [];
        }

        int outputs = _check.AsksModel ? _pipeline.OutputCount : 0;
        int scoreCount = _check.AsksModel ? _pipeline.ScoreCount : 0;
        double[] rawScores = new double[samples.RowCount * outputs];
        double[] scores = new double[samples.RowCount * scoreCount];
        if (_check.AsksModel)
        {
            _pipeline.Score(_features, rawScores, scores);
        }

        return
        [
            .. Enumerable.Range(0, samples.RowCount).Select(sample => SampleExpectation.Of(
                _features,
                sample,
                rawScores.AsSpan(sample * outputs, outputs),
                scores.AsSpan(sample * scoreCount, scoreCount)) with
            {
                Windows = windows is null ? [] : CellsOf(windows.Rows, sample),
            }),
        ];
    }

    /// <summary>
    /// The features of every sample, until the next call; null after noting why the model cannot take one.
    /// </summary>
    public FeatureBatch? FeaturesOf(SampleSet set, BundleProblems problems) =>
        TryEvaluate(set.Requests, _windows?.Read(set), problems) ? _features : null;

    private bool TryEvaluate(RowBatch samples, WindowValues? windows, BundleProblems problems)
    {
        (int row, int field) = _pipeline.Evaluate(samples, windows, _features, _frame, null);
        if (row >= 0)
        {
            problems.Add(
                $"sample {row + 1}, field '{samples.Schema.Fields[field].Name}'",
                "a value",
                "one that the model takes");
        }

        return row < 0;
    }

    /// <summary>
    /// Compares all samples at once, then each by itself (other kernels run there); notes each stage that differs, at
    /// its first sample.
    /// </summary>
    public void Compare(SampleSet samples, ImmutableArray<SampleExpectation> expected, BundleProblems problems)
    {
        if (samples.Count == 0)
        {
            return;
        }

        long before = problems.Count;
        CompareTogether(samples, expected, problems);
        for (int sample = 0; sample < samples.Count && problems.Count == before; sample++)
        {
            Compare(Compute(samples.Single(sample), problems), expected.Slice(sample, 1), sample, problems);
        }
    }

    /// <summary>Compares all samples at once; notes each stage that differs, at its first sample.</summary>
    public void CompareTogether(
        SampleSet samples, ImmutableArray<SampleExpectation> expected, BundleProblems problems) =>
        Compare(Compute(samples, problems), expected, 0, problems);

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
        return Cells(actual.Windows, expected.Windows)
            ?? Numbers("encoded features, dense input", actual.Dense, expected.Dense, SampleCheck.Exact)
            ?? Ids(actual.Ids, expected.Ids)
            ?? (_check.ComparesScores
                ? Numbers("raw score", actual.RawScores, expected.RawScores, _check)
                    ?? Numbers("score", actual.Scores, expected.Scores, _check)
                : null);
    }

    private static string?[] CellsOf(RowBatch values, int row)
    {
        var text = new Utf8Buffer();
        string?[] cells = new string?[values.FieldCount];
        for (int field = 0; field < cells.Length; field++)
        {
            if (values.IsPresent(row, field))
            {
                text.Clear();
                CellWriter.WriteJson(text, values.Schema.Fields[field].Type, values.Get(row, field), values);
                cells[field] = Encoding.UTF8.GetString(text.Written);
            }
        }

        return cells;
    }

    private (string Stage, string Found, string Expected)? Cells(string?[] actual, string?[] expected)
    {
        if (actual.Length != expected.Length)
        {
            return ("window values", $"{actual.Length} values", $"{expected.Length}");
        }

        for (int index = 0; index < actual.Length; index++)
        {
            if (actual[index] != expected[index])
            {
                string name = _pipeline.Windows!.Plan.Values.Fields[index].Name;
                return ($"window value '{name}'", actual[index] ?? "missing", expected[index] ?? "missing");
            }
        }

        return null;
    }

    private static (string Stage, string Found, string Expected)? Numbers(
        string stage, double[] actual, double[] expected, SampleCheck check)
    {
        if (actual.Length != expected.Length)
        {
            return (stage, $"{actual.Length} values", $"{expected.Length}");
        }

        for (int index = 0; index < actual.Length; index++)
        {
            if (!check.AreEqual(actual[index], expected[index]))
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
