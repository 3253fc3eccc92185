using System.Diagnostics.CodeAnalysis;
using System.Collections.Immutable;
using Serving.Data;
using Serving.Engine.Bundles;
using Serving.Models;

namespace Serving.EndToEnd.Tests.Decisions;

/// <summary>
/// The real models, of which those with more than one input fail as told, as a foreign runtime might; one with a single
/// input is a fallback that works.
/// </summary>
[SuppressMessage("Usage", "CA2213", Justification = "A scorer that hangs may still wait for it.")]
internal sealed class FaultyModels : IBundleModelReader, IDisposable
{
    private readonly ManualResetEventSlim _released = new();

    /// <summary>The fault from now on.</summary>
    public ScorerFault Fault { get; set; }

    public BundleModel Read(string file, Func<string, byte[]?> open, string sum)
    {
        BundleModel model = ModelFileReader.Instance.Read(file, open, sum);
        return model.Inputs.Length < 2
            ? model
            : model with { CreateScorer = () => new Scorer(this, model.CreateScorer()) };
    }

    public void Dispose() => _released.Set();

    private sealed class Scorer(FaultyModels owner, IScorer inner) : IScorer
    {
        public ImmutableArray<ModelInput> Inputs => inner.Inputs;

        public int OutputCount => inner.OutputCount;

        public ScoreLink Link => inner.Link;

        public long MemoryBytes => inner.MemoryBytes;

        public bool MayBlock => true;

        public void Score(FeatureBatch batch, Span<double> rawScores)
        {
            switch (owner.Fault)
            {
                case ScorerFault.Throws:
                    throw new InvalidOperationException("a fault of the scorer");
                case ScorerFault.GivesNaN:
                    rawScores.Fill(double.NaN);
                    break;
                case ScorerFault.Hangs:
                    owner._released.Wait();
                    break;
                default:
                    inner.Score(batch, rawScores);
                    break;
            }
        }
    }
}
