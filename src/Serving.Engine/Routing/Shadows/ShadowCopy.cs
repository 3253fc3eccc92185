using Serving.Engine.Pipeline;
using Serving.State;

namespace Serving.Engine.Routing.Shadows;

/// <summary>
/// One request for a shadow: a context of the shadow's version that holds the rows and the state which the request
/// read, and what the caller was answered. Pooled.
/// </summary>
internal sealed class ShadowCopy
{
    // Of requests that ask nothing of the store; nobody writes to it.
    private static readonly StateBatch s_nothing = new();

    private double[] _answers = new double[1];
    private int _count;

    /// <summary>The context; the copy disposes it.</summary>
    public ScoringContext? Context { get; private set; }

    /// <summary>What the shadow reads and the request did not; the shadow's thread asks the store for it.</summary>
    public StateBatch Unasked { get; } = new();

    /// <summary>First score of each row that the caller got.</summary>
    public ReadOnlySpan<double> Answers => _answers.AsSpan(0, _count);

    /// <summary>Whether the answer was degraded.</summary>
    public bool IsDegraded { get; private set; }

    /// <summary>
    /// Takes a request over. REQUIRES: both contexts have the same rows, and the first asked for its state.
    /// </summary>
    public void Hold(ScoringContext context, ScoringContext source)
    {
        Context = context;
        Unasked.Clear();
        if (context.Windows is { } windows)
        {
            windows.Batch.AnswerFrom(source.StateBatch ?? s_nothing, Unasked);
        }

        IsDegraded = source.IsDegraded;
        _count = source.Rows.RowCount;
        if (_answers.Length < _count)
        {
            _answers = new double[_count];
        }

        for (int row = 0; row < _count; row++)
        {
            _answers[row] = source.Scores[row * source.ScoreCount];
        }
    }

    /// <summary>Gives the context back.</summary>
    public void End()
    {
        Context?.Dispose();
        Context = null;
    }
}
