using System.Collections.Immutable;
using Serving.Data;
using Serving.Models;
using Serving.Models.Links;

namespace Serving.Engine.Tensors;

/// <summary>
/// Stands where rows are scored in a bundle whose tensor model is served raw: its one score is never finite, and the
/// engine refuses such a call before.
/// </summary>
internal sealed class RawScorer(long memoryBytes) : IScorer
{
    public ImmutableArray<ModelInput> Inputs => [];

    public int OutputCount => 1;

    public ScoreLink Link => ScoreLinks.Find("identity")!;

    public long MemoryBytes => memoryBytes;

    public void Score(FeatureBatch batch, Span<double> rawScores) => rawScores.Fill(double.NaN);
}
