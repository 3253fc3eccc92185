using System.Collections.Immutable;
using Serving.Data;
using Serving.Models.Tensors;

namespace Serving.Engine.Bundles;

/// <summary>
/// What a tensor model behind a script answers to sample requests, by the interpreter and its runtime. One thread.
/// </summary>
internal sealed class MappedSampleAnswers(BundlePipelines pipelines, TensorManifest manifest)
{
    private SampleReplay _reference = pipelines.CreateReferenceReplay(SampleCheck.Of(manifest));

    /// <summary>The manifest of the samples: they are unchecked where the runtime is not there.</summary>
    public TensorManifest Manifest { get; private set; } = manifest;

    /// <summary>How the serving path is compared with these answers.</summary>
    public SampleCheck Check =>
        Manifest.Compare == TensorManifest.Unchecked ? SampleCheck.Features : SampleCheck.Of(Manifest);

    /// <summary>
    /// The samples that the model answers, each with what is expected of it. Made samples that it refuses, or gives no
    /// finite score, are left out; of those that somebody brought that is a problem.
    /// </summary>
    public (SampleSet Set, ImmutableArray<SampleExpectation> Expected) Compute(
        SampleSet samples, bool isGiven, BundleProblems problems)
    {
        var kept = new SampleSet(samples.Requests.Schema);
        var expected = ImmutableArray.CreateBuilder<SampleExpectation>();
        string refused = "";
        for (int sample = 0; sample < samples.Count; sample++)
        {
            SampleSet single = samples.Single(sample);
            try
            {
                SampleExpectation answer = Answer(single, problems);
                if (isGiven || Array.TrueForAll(answer.Scores, double.IsFinite))
                {
                    kept.Append(samples, sample);
                    expected.Add(answer);
                }
            }
            catch (Exception exception) when (exception is TensorRunException or InputException)
            {
                refused = exception.Message;
                if (isGiven)
                {
                    problems.Add($"sample {sample + 1}", exception.Message, "one that the model answers");
                }
            }
        }

        if (kept.Count == 0 && problems.Count == 0)
        {
            problems.Add(
                "samples",
                refused.Length > 0 ? refused : "no finite score",
                "rows that the model answers",
                "give some by --samples");
        }

        return (kept, expected.ToImmutable());
    }

    /// <summary>
    /// Whether rows that go to the model together get the scores that each gets alone. They do not where it looks at
    /// all of them, as quantised models do that scale by the greatest value of a call.
    /// </summary>
    public bool AreIndependent(SampleSet samples, ImmutableArray<SampleExpectation> expected)
    {
        var differences = new BundleProblems();
        pipelines.CreateServingReplay(pipelines.CreateServing(), Check).CompareTogether(samples, expected, differences);
        return differences.Count == 0;
    }

    private SampleExpectation Answer(SampleSet single, BundleProblems problems)
    {
        try
        {
            return _reference.Compute(single, problems)[0];
        }
        catch (RuntimeMissingException)
        {
            Manifest = Manifest with { Compare = TensorManifest.Unchecked };
            _reference = pipelines.CreateReferenceReplay(SampleCheck.Features);
            return _reference.Compute(single, problems)[0];
        }
    }
}
