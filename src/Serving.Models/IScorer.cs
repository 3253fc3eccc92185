using System.Collections.Immutable;
using Serving.Data;

namespace Serving.Models;

/// <summary>
/// A model ready to score. Immutable and safe for use by several threads; scoring allocates nothing.
/// </summary>
public interface IScorer
{
    /// <summary>
    /// What a <see cref="FeatureBatch"/> must hold: dense inputs fill its dense row in this order, id inputs its id
    /// columns in this order.
    /// </summary>
    ImmutableArray<ModelInput> Inputs { get; }

    /// <summary>Raw scores of one row.</summary>
    int OutputCount { get; }

    /// <summary>From raw scores to scores (probability, mean, class shares).</summary>
    ScoreLink Link { get; }

    /// <summary>Memory that the model holds, in bytes.</summary>
    long MemoryBytes { get; }

    /// <summary>
    /// Whether scoring may block or take long: a foreign runtime, which nobody can interrupt. A request with a fallback
    /// then waits for it on another thread, no longer than it has time.
    /// </summary>
    bool MayBlock => false;

    /// <summary>
    /// Whether rows are handed to others, a queue that forms batches or another process, so that nobody should wait on
    /// a thread: <see cref="ScoreAsync"/> is called then.
    /// </summary>
    bool IsDeferred => false;

    /// <summary>Scores all rows of a batch.</summary>
    /// <param name="batch">Rows as <see cref="Inputs"/> says.</param>
    /// <param name="rawScores">[rows, outputs], row-major, before the link.</param>
    void Score(FeatureBatch batch, Span<double> rawScores);

    /// <summary>Scores all rows of a batch, on whatever thread.</summary>
    /// <param name="batch">Rows as <see cref="Inputs"/> says; untouched until the task ends.</param>
    /// <param name="rawScores">[rows, outputs], row-major, before the link.</param>
    /// <param name="timeLeft">How long it may take.</param>
    /// <param name="cancellation">Ends it where nobody waits any more.</param>
    ValueTask ScoreAsync(
        FeatureBatch batch, Memory<double> rawScores, TimeSpan timeLeft, CancellationToken cancellation)
    {
        Score(batch, rawScores.Span);
        return ValueTask.CompletedTask;
    }
}
