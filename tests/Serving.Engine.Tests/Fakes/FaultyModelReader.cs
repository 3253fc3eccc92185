using Serving.Data;
using Serving.Engine.Bundles;
using Serving.Models;

namespace Serving.Engine.Tests.Fakes;

/// <summary>
/// Fake models, of which those with more than one input fail as told; one with a single input is a fallback that works.
/// </summary>
internal sealed class FaultyModelReader : IBundleModelReader, IDisposable
{
    private readonly FakeModelReader _reader = new();
    private readonly ManualResetEventSlim _released = new();

    /// <summary>The fault from now on.</summary>
    public ScorerFault Fault { get; set; }

    /// <summary>Whether the scorers say that they may block.</summary>
    public bool MayBlock { get; init; }

    /// <summary>Set when a scorer that hung came to its end.</summary>
    public ManualResetEventSlim Ended { get; } = new();

    public BundleModel Read(string file, Func<string, byte[]?> open, string sum)
    {
        BundleModel model = _reader.Read(file, open, sum);
        return model.Inputs.Length < 2 ? model
            : model with { CreateScorer = () => new Scorer(this, model.CreateScorer()) };
    }

    /// <summary>Lets the scorers that hang go on.</summary>
    public void Release() => _released.Set();

    public void Dispose()
    {
        Release();
        _released.Dispose();
        Ended.Dispose();
    }

    private sealed class Scorer(FaultyModelReader owner, IScorer inner) : IScorer
    {
        public System.Collections.Immutable.ImmutableArray<ModelInput> Inputs => inner.Inputs;

        public int OutputCount => inner.OutputCount;

        public ScoreLink Link => inner.Link;

        public long MemoryBytes => inner.MemoryBytes;

        public bool MayBlock => owner.MayBlock;

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
                    inner.Score(batch, rawScores);
                    owner.Ended.Set();
                    break;
                default:
                    inner.Score(batch, rawScores);
                    break;
            }
        }
    }
}
