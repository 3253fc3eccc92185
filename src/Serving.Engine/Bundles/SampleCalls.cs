using Serving.Data;
using Serving.Data.Tensors.Json;
using Serving.Engine.Tensors.Mapping;
using Serving.Models.Tensors;

namespace Serving.Engine.Bundles;

/// <summary>
/// Makes calls of a bundle's tensor model of its samples: raw ones, or rows behind a script. One thread.
/// </summary>
internal sealed class SampleCalls(Bundle bundle)
{
    // Enough to compare calls apart with calls together.
    private const int FilledMax = 32;

    /// <summary>Calls of a signature that are filled and not run; none where the bundle has no samples of it.</summary>
    public IReadOnlyList<TensorCall> Fill(ITensorScorer scorer, int signature) =>
        bundle.Tensors!.Mapped is { } mapped ? OfRows(mapped, scorer, signature) : OfTensors(scorer, signature);

    // What is wrong with a row is found, and said, by the samples' own run.
    private List<TensorCall> OfRows(MappedScorer mapped, ITensorScorer scorer, int signature)
    {
        List<TensorCall> calls = [];
        SampleReplay replay = bundle.Pipelines.CreateServingReplay(bundle.Pipeline, SampleCheck.Features);
        if (signature != mapped.Mapping.SignatureIndex || bundle.SampleSet.Count == 0
            || replay.FeaturesOf(bundle.SampleSet, new BundleProblems()) is not { } features)
        {
            return calls;
        }

        for (int row = 0; row < Math.Min(FilledMax, features.RowCount); row++)
        {
            TensorCall call = scorer.CreateCall(signature);
            mapped.FillRow(call, features, row);
            calls.Add(call);
        }

        return calls;
    }

    // A sample that the model does not take, which an unchecked bundle may hold, is left out.
    private List<TensorCall> OfTensors(ITensorScorer scorer, int signature)
    {
        List<TensorCall> calls = [];
        foreach (TensorSample sample in bundle.TensorSamples
            .Where(sample => sample.Signature == signature).Take(FilledMax))
        {
            TensorCall? call = scorer.CreateCall(signature);
            try
            {
                call.Begin();
                TensorJsonReader.Read(sample.Request.Span, call, sample.Place);
                calls.Add(call);
                call = null;
            }
            catch (InputException)
            {
                // The samples' own run says what is wrong with it.
            }
            finally
            {
                call?.Dispose();
            }
        }

        return calls;
    }
}
