using Serving.Data;
using Serving.Features;

namespace Serving.Engine.Decisions;

/// <summary>
/// What the ladder knows of the rows of one request: which step answered each, what was decided and why. Not safe for
/// use by several threads; reused, allocates nothing after warm-up.
/// </summary>
internal sealed class LadderScratch
{
    private ScoringStep[] _steps = [];
    private DecisionOutcome[] _outcomes = [];
    private bool[] _flags = [];
    private bool[] _explored = [];

    /// <summary>Makes the buffers of a ladder.</summary>
    public LadderScratch(ScoringLadder ladder)
    {
        Frame = ladder.Decisions.CreateFrame();
        RequestModel = ladder.RequestModel?.CreateScratch();
        RawScores = new double[ladder.OutputCount];
        Scores = new double[ladder.ScoreCount];
    }

    /// <summary>Memory of the expressions.</summary>
    public FeatureFrame? Frame { get; }

    /// <summary>Buffers of the second model; null without one.</summary>
    public RequestModelScratch? RequestModel { get; }

    /// <summary>Its raw scores of one row.</summary>
    public double[] RawScores { get; }

    /// <summary>Its scores of one row.</summary>
    public double[] Scores { get; }

    /// <summary>The lowest step of any row.</summary>
    public ScoringStep Lowest { get; private set; }

    /// <summary>Rows whose answer is not the model's own on all it asks for, or is one to be wary of.</summary>
    public int DegradedRows { get; private set; }

    /// <summary>Forgets all rows and makes room for so many.</summary>
    [HotPath]
    public void Begin(int rows)
    {
        Lowest = ScoringStep.Full;
        DegradedRows = 0;
        if (_steps.Length < rows)
        {
            Grow(Math.Max(rows, _steps.Length * 2));
        }
    }

    /// <summary>Notes what answered a row.</summary>
    /// <param name="row">The row.</param>
    /// <param name="step">The step.</param>
    /// <param name="outcome">What was decided.</param>
    /// <param name="isFlagged">Whether a further step was wanted and there was none.</param>
    /// <param name="isExplored">Whether a decline is answered approve.</param>
    [HotPath]
    public void Note(int row, ScoringStep step, DecisionOutcome outcome, bool isFlagged, bool isExplored)
    {
        _steps[row] = step;
        _outcomes[row] = outcome;
        _flags[row] = isFlagged;
        _explored[row] = isExplored;
        Lowest = step > Lowest ? step : Lowest;
        DegradedRows += step != ScoringStep.Full || isFlagged ? 1 : 0;
    }

    /// <summary>The step that answered a row.</summary>
    public ScoringStep StepOf(int row) => _steps[row];

    /// <summary>What was decided for a row.</summary>
    public DecisionOutcome OutcomeOf(int row) => _outcomes[row];

    /// <summary>Whether a row's answer is degraded.</summary>
    public bool IsDegraded(int row) => _steps[row] != ScoringStep.Full || _flags[row];

    /// <summary>Whether a row's decline was answered approve.</summary>
    public bool IsExplored(int row) => _explored[row];

    private void Grow(int rows)
    {
        _steps = new ScoringStep[rows];
        _outcomes = new DecisionOutcome[rows];
        _flags = new bool[rows];
        _explored = new bool[rows];
    }
}
