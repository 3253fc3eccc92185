using Serving.Data;
using Serving.Engine.Pipeline;

namespace Serving.Engine.Decisions;

/// <summary>
/// The fallback ladder of a bundle with decisions. Immutable and safe for use by several threads, each with a scratch
/// of its own; allocates nothing after warm-up unless the scorer may block.
/// </summary>
/// <remarks>
/// Steps: (1) the model, with the state of windows or without; (2) the request model; (3) rules that need no score;
/// (4) the policy. Each row goes down by itself, to the next step that the bundle has, when too many of its features
/// are missing, a step fails or gives no finite score, or the time left is too short for a model.
/// </remarks>
internal sealed class ScoringLadder
{
    /// <summary>Seed of the buckets by which declines are explored.</summary>
    public const long ExploreSeed = 1;

    // What a step that asks a model needs of the server's time; below it the ladder goes on.
    private const long ModelTimeMs = 2;

    // Who waits for a scorer on another thread is woken late where the cores are busy (7 ms of 2 s were not enough at
    // 30 runnable threads on two cores): what is kept for that, and the part of a short deadline that it may be at
    // most.
    private const long WakeTimeMs = 100;
    private const int WakeTimePart = 8;

    private readonly double _missingMax;
    private readonly FallbackPolicy? _policy;
    private readonly ScorerThreads? _threads;

    /// <summary>Makes the ladder of a pipeline.</summary>
    public ScoringLadder(ScoringPipeline pipeline, DecisionProgram decisions, RequestModel? requestModel)
    {
        Pipeline = pipeline;
        Decisions = decisions;
        RequestModel = requestModel;
        OutputCount = pipeline.OutputCount;
        ScoreCount = pipeline.ScoreCount;
        _missingMax = decisions.Document.MissingMax;
        _policy = decisions.Document.Policy;
        _threads = pipeline.MayBlock ? new ScorerThreads(pipeline) : null;
    }

    /// <summary>The steps from rows to the model's scores.</summary>
    public ScoringPipeline Pipeline { get; }

    /// <summary>Rules, thresholds, costs and the policy.</summary>
    public DecisionProgram Decisions { get; }

    /// <summary>The second model; null without one.</summary>
    public RequestModel? RequestModel { get; }

    /// <summary>Raw scores of one row.</summary>
    public int OutputCount { get; }

    /// <summary>Scores of one row.</summary>
    public int ScoreCount { get; }

    /// <summary>Whether the ladder looks at features before encoders.</summary>
    public bool CountsMissing => _missingMax < 1;

    /// <summary>Whether its fixed answer stands at the foot, so that every request is answered.</summary>
    public bool HasPolicy => _policy is not null;

    /// <summary>Whether the model is to be asked on another thread.</summary>
    public bool ScoresApart => _threads is not null;

    /// <summary>Buffers of one request.</summary>
    public LadderScratch CreateScratch() => new(this);

    /// <summary>
    /// Step 1 on the calling thread, for all rows; false where the model failed or was not asked.
    /// </summary>
    [HotPath]
    public bool TryScore(ScoringContext context, TimeProvider time)
    {
        context.ReserveScores();
        bool isSkipped = HasPolicy && !HasTimeForModel(context, time);
        return !isSkipped
            && ScorerCall.TryScore(Pipeline, context.FeatureBatch, context.AllRawScores, context.AllScores);
    }

    /// <summary>
    /// The same on another thread, waited for as long as the steps behind it can spare; false also where that was not
    /// long enough.
    /// </summary>
    public async ValueTask<bool> TryScoreApartAsync(ScoringContext context, TimeProvider time)
    {
        if (context.DeadlineAt == 0 || (RequestModel is null && !HasPolicy))
        {
            return Pipeline.IsDeferred
                ? await TryScoreDeferredAsync(context, LaterScoring.TimeLeft(context, time))
                : TryScore(context, time);
        }

        context.ReserveScores();
        long left = context.DeadlineAt - time.GetTimestamp();
        left -= Math.Min(TicksOf(time, WakeTimeMs), left / WakeTimePart)
            + (TicksOf(time, ModelTimeMs) * (RequestModel is null ? 1 : 2));
        if (left <= 0)
        {
            return false;
        }

        var job = new ScorerJob(context.FeatureBatch, context.AllRawScores.Length, context.AllScores.Length);
        context.FeatureBatch = new FeatureBatch();
        var wait = TimeSpan.FromSeconds((double)left / time.TimestampFrequency);
        if (!TryStart(job, wait) || !await job.WaitAsync(wait, time))
        {
            return false;
        }

        // The scorer is done, so nobody but us has the buffers any more.
        context.FeatureBatch = job.Features;
        job.CopyTo(context.AllRawScores, context.AllScores);
        return job.IsScored;
    }

    // What is handed to a queue or another process needs no thread of ours while it waits there.
    private bool TryStart(ScorerJob job, TimeSpan wait)
    {
        if (!Pipeline.IsDeferred)
        {
            return _threads!.TryAdd(job);
        }

        _ = job.RunAsync(Pipeline, wait);
        return true;
    }

    private static async ValueTask<bool> TryScoreDeferredAsync(ScoringContext context, TimeSpan timeLeft)
    {
        context.ReserveScores();
        return await ScorerCall.TryAwaitAsync(LaterScoring.ScoreAsync(context, timeLeft, CancellationToken.None));
    }

    /// <summary>
    /// Runs all steps behind the model once, so that the first request that needs them finds compiled code. REQUIRES:
    /// the context was scored.
    /// </summary>
    public void WarmUp(ScoringContext context, TimeProvider time)
    {
        context.DeadlineAt = 0;
        _ = Answer(context, time, isScored: false);
        context.DeadlineAt = 1;
        _ = Answer(context, time, isScored: false);
    }

    /// <summary>
    /// The other steps, for the rows that need them, and what is decided. With an error there is no answer.
    /// </summary>
    /// <param name="context">The request, its features evaluated.</param>
    /// <param name="time">For the time left.</param>
    /// <param name="isScored">Whether step 1 gave scores.</param>
    [HotPath]
    public ErrorCode Answer(ScoringContext context, TimeProvider time, bool isScored)
    {
        LadderScratch scratch = context.Ladder!;
        int rows = context.Rows.RowCount;
        scratch.Begin(rows);
        for (int row = 0; row < rows; row++)
        {
            bool isFinite = isScored
                && ScoringPipeline.FirstNotFinite(context.RawScoresOf(row), 1) < 0
                && ScoringPipeline.FirstNotFinite(context.ScoresOf(row), 1) < 0;
            bool isWhole = !CountsMissing
                || MissingFeatures.ShareOf(context.Features!, row, Pipeline.UsedRaw.AsSpan()) <= _missingMax;
            if (isFinite && isWhole)
            {
                Decide(context, row, StepOfModel(context, row), isFlagged: false);
            }
            else if (!TryDescend(context, time, row, isFinite))
            {
                return isScored
                    ? ScoringPipeline.RefuseScore(context, row)
                    : context.Refuse(ErrorCode.Internal, "the model failed and its bundle has no further step", row);
            }
        }

        return ErrorCode.None;
    }

    [HotPath]
    private bool TryDescend(ScoringContext context, TimeProvider time, int row, bool hasScore)
    {
        // Step 2
        LadderScratch scratch = context.Ladder!;
        ScoringStep last = StepOfModel(context, row);
        if (scratch.RequestModel is { } model && (!HasPolicy || HasTimeForModel(context, time))
            && model.TryScore(context.Rows, row, scratch.RawScores, scratch.Scores))
        {
            scratch.RawScores.CopyTo(context.RawScoresOf(row));
            scratch.Scores.CopyTo(context.ScoresOf(row));
            last = ScoringStep.RequestModel;
            hasScore = true;
            if (model.MissingShare <= _missingMax)
            {
                Decide(context, row, last, isFlagged: false);
                return true;
            }
        }

        if (_policy is null)
        {
            if (hasScore)
            {
                Decide(context, row, last, isFlagged: true);
            }

            return hasScore;
        }

        // Step 3, else step 4
        context.RawScoresOf(row).Fill(_policy.Score);
        context.ScoresOf(row).Fill(_policy.Score);
        bool isRuled = Decisions.TryRules(
            context.Rows, context.Windows?.Values, row, scratch.Frame, out DecisionOutcome outcome);
        Note(
            context, row, isRuled ? ScoringStep.Rules : ScoringStep.Policy,
            isRuled ? outcome : Decisions.OfPolicy, isFlagged: false);
        return true;
    }

    [HotPath]
    private void Decide(ScoringContext context, int row, ScoringStep step, bool isFlagged)
    {
        DecisionOutcome outcome = Decisions.Decide(
            context.Rows, context.Windows?.Values, row, context.ScoresOf(row)[0], context.Ladder!.Frame);
        Note(context, row, step, outcome, isFlagged);
    }

    [HotPath]
    private void Note(ScoringContext context, int row, ScoringStep step, DecisionOutcome outcome, bool isFlagged)
    {
        int explored = Decisions.Document.ExploredBuckets;
        bool isExplored = explored > 0 && outcome.Decision == Decision.Decline && context.Entry is { } entry
            && entry.BucketOf(context, row, ExploreSeed) < explored;
        context.Ladder!.Note(
            row, step, isExplored ? new DecisionOutcome(Decision.Approve, -1) : outcome, isFlagged, isExplored);
    }

    private static ScoringStep StepOfModel(ScoringContext context, int row) =>
        context.IsStateMissing(row) ? ScoringStep.WindowsMissing : ScoringStep.Full;

    [HotPath]
    private static bool HasTimeForModel(ScoringContext context, TimeProvider time) => context.DeadlineAt == 0
        || context.DeadlineAt - time.GetTimestamp() >= TicksOf(time, ModelTimeMs);

    private static long TicksOf(TimeProvider time, long milliseconds) =>
        time.TimestampFrequency * milliseconds / 1000;
}
