using Serving.Data;
using Serving.Engine.Pipeline;

namespace Serving.Engine.Decisions;

/// <summary>
/// One call of a scorer that may block, with buffers of its own: who gives up waiting leaves them to the scorer, which
/// may write to them for ever. The waiting request and one scorer thread meet here.
/// </summary>
internal sealed class ScorerJob(FeatureBatch features, int rawScores, int scores)
{
    private readonly TaskCompletionSource<bool> _done = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly double[] _rawScores = new double[rawScores];
    private readonly double[] _scores = new double[scores];
    private volatile bool _isGivenUp;

    /// <summary>The model's inputs.</summary>
    public FeatureBatch Features => features;

    /// <summary>Whether the scorer gave scores; meaningful once it is done.</summary>
    public bool IsScored => _done.Task.IsCompletedSuccessfully && _done.Task.Result;

    /// <summary>Waits for the scorer; false where it was not done in time, and then nobody waits any more.</summary>
    public async Task<bool> WaitAsync(TimeSpan longest, TimeProvider time)
    {
        try
        {
            await _done.Task.WaitAsync(longest, time);
            return true;
        }
        catch (TimeoutException)
        {
            _isGivenUp = true;
            return false;
        }
    }

    /// <summary>Runs the scorer, unless nobody waits any more.</summary>
    public void Run(ScoringPipeline pipeline) =>
        _done.TrySetResult(!_isGivenUp && ScorerCall.TryScore(pipeline, features, _rawScores, _scores));

    /// <summary>Awaits a scorer that needs no thread of ours.</summary>
    public async Task RunAsync(ScoringPipeline pipeline, TimeSpan timeLeft) => _done.TrySetResult(
        await ScorerCall.TryAwaitAsync(
            pipeline.ScoreAsync(features, _rawScores, _scores, timeLeft, CancellationToken.None)));

    /// <summary>Copies the scores. REQUIRES: the scorer is done.</summary>
    public void CopyTo(Span<double> rawTarget, Span<double> target)
    {
        _rawScores.CopyTo(rawTarget);
        _scores.CopyTo(target);
    }
}
