namespace Serving.Models;

/// <summary>
/// Maps raw scores to scores. Immutable, safe for use by several threads, the same bits on every machine.
/// </summary>
public abstract class ScoreLink
{
    /// <summary>Name as <c>linear.json</c> and <c>model show</c> spell it: logit, identity, exp, softmax ...</summary>
    public abstract string Name { get; }

    /// <summary>Scores of one row: as many as raw scores, except for a class number (1).</summary>
    /// <param name="outputCount">Raw scores of a row.</param>
    public virtual int ScoreCount(int outputCount) => outputCount;

    /// <summary>Maps rows of raw scores.</summary>
    /// <param name="rawScores">[rows, outputs], row-major.</param>
    /// <param name="outputCount">Outputs of a row.</param>
    /// <param name="scores">[rows, <see cref="ScoreCount"/>], row-major; may be the same memory.</param>
    public abstract void Apply(ReadOnlySpan<double> rawScores, int outputCount, Span<double> scores);
}
