using System.Collections.Immutable;
using Serving.Data;
using Serving.Data.Time;
using Serving.Data.Windows;
using Serving.Engine.Decisions;
using Serving.Engine.Tensors;
using Serving.Features;
using Serving.Models;

namespace Serving.Engine.Pipeline;

/// <summary>
/// The one way from rows to scores, offline as online. Immutable and safe for use by several threads, each with a
/// context of its own; allocates nothing after warm-up.
/// </summary>
/// <remarks>
/// Steps: (1) shared fields are given to the rows and what is not optional is looked for; (2) state is read and
/// appended in one trip, by the engine between <see cref="Begin"/> and <see cref="Finish"/>; (3) the script fills the
/// feature batch; (4) the model scores it; (5) the link maps raw scores to scores; (6) rows are ranked.
/// </remarks>
internal sealed class ScoringPipeline
{
    private readonly FeatureStage _features;
    private readonly IScorer _scorer;

    /// <summary>Makes the pipeline of a feature stage whose layout is the scorer's inputs.</summary>
    public ScoringPipeline(FeatureStage features, IScorer scorer, WindowStage? windows = null)
    {
        _features = features;
        Windows = windows;
        _scorer = scorer;
        ScoreCount = scorer.Link.ScoreCount(scorer.OutputCount);
        UsedRaw = features.UsedRaw;
    }

    /// <summary>The rows that it reads.</summary>
    public RowSchema Rows => _features.Rows;

    /// <summary>Places in <see cref="Rows"/> that only the label reads.</summary>
    public ImmutableArray<int> LabelFields => _features.LabelFields;

    /// <summary>The values before encoders.</summary>
    public RowSchema RawSchema => _features.RawSchema;

    /// <summary>Places of the features before encoders that the model reads.</summary>
    public ImmutableArray<int> UsedRaw { get; }

    /// <summary>Whether the model may take long, so that a request with a fallback waits for it apart.</summary>
    public bool MayBlock => _scorer.MayBlock;

    /// <summary>Whether rows are handed to others, so that <see cref="ScoreAsync"/> is to be awaited.</summary>
    public bool IsDeferred => _scorer.IsDeferred;

    /// <summary>Whether the model's answer is awaited, and not computed by the thread that has the request.</summary>
    public bool ScoresLater => Ladder is { } ladder ? ladder.ScoresApart : _scorer.IsDeferred;

    /// <summary>
    /// The steps that follow where the model does not answer; null in a bundle without decisions. Set once, before the
    /// pipeline scores.
    /// </summary>
    public ScoringLadder? Ladder { get; set; }

    /// <summary>What the script's windows ask of the state; null where it has none.</summary>
    public WindowStage? Windows { get; }

    /// <summary>Raw scores of one row.</summary>
    public int OutputCount => _scorer.OutputCount;

    /// <summary>Scores of one row: as many as raw scores, or 1 where the link gives the number of a class.</summary>
    public int ScoreCount { get; }

    /// <summary>Memory that the model and the one of its fallback hold, in bytes.</summary>
    public long MemoryBytes => _scorer.MemoryBytes + (Ladder?.RequestModel?.Pipeline.MemoryBytes ?? 0);

    /// <summary>Name of the link.</summary>
    public string LinkName => _scorer.Link.Name;

    /// <summary>Scratch memory of one evaluating thread.</summary>
    public FeatureFrame? CreateFrame() => _features.CreateFrame();

    /// <summary>
    /// Steps 1 and the asking half of 2: afterwards the accesses of <see cref="ScoringContext.Windows"/> are to be
    /// carried out, where there are windows. REQUIRES: the context is of this pipeline's version and has rows.
    /// </summary>
    /// <param name="context">The request.</param>
    /// <param name="clock">Where the request arrived by the wall clock, ms since 1970; 0 checks no times.</param>
    [HotPath]
    public ErrorCode Begin(ScoringContext context, long clock)
    {
        // Step 1
        RowBatch rows = context.Rows;
        SharedFields.GiveTo(rows, context.Shared);
        (int row, int field) = FirstMissing(rows, context.Schema);
        if (row >= 0)
        {
            return RefuseMissing(context, row, field);
        }

        // Step 2
        context.StatelessRows = 0;
        if (Windows is not null && clock != 0
            && RequestTimes.FirstRefused(rows, Windows.Request, clock) is >= 0 and int refused)
        {
            return RequestTimes.Refuse(context, Windows.Request, refused, clock);
        }

        context.Windows?.Ask(rows, appends: !context.ScoreOnly);
        context.Feeding?.Ask(rows, appends: !context.ScoreOnly, clock);
        return ErrorCode.None;
    }

    /// <summary>The rest, behind the trip to the store.</summary>
    /// <param name="context">The request.</param>
    /// <param name="time">For the timings.</param>
    /// <param name="start">Timestamp of the request's start.</param>
    [HotPath]
    public ErrorCode Finish(ScoringContext context, TimeProvider time, long start)
    {
        ErrorCode code = Prepare(context, time, start);
        if (code != ErrorCode.None)
        {
            return code;
        }

        return context.PipelineLadder is { } ladder
            ? Complete(context, time, ladder, ladder.TryScore(context, time))
            : Complete(context, time);
    }

    /// <summary>The rest of step 2, and step 3: the model's inputs are filled.</summary>
    /// <inheritdoc cref="Finish"/>
    [HotPath]
    public ErrorCode Prepare(ScoringContext context, TimeProvider time, long start)
    {
        RowBatch rows = context.Rows;
        long stored = time.GetTimestamp();
        if (context.Windows is { } windows)
        {
            if (windows.HasTooMany())
            {
                return context.Refuse(
                    ErrorCode.ResourceExhausted,
                    "an entity of the request gets more events than the server's bound for one allows");
            }

            context.StatelessRows = windows.Read(rows);
        }

        // Step 3
        RowBatch? raw = context.NeedsRaw ? context.RentFeatures() : null;
        (int row, int field) =
            _features.Evaluate(rows, context.Windows?.Values, context.FeatureBatch, context.Frame, raw);
        long evaluated = time.GetTimestamp();
        context.EvaluatedAt = evaluated;
        context.Timings = new StageTimings(
            time.MicrosecondsBetween(start, stored), time.MicrosecondsBetween(stored, evaluated), 0, 0);
        return row >= 0 ? RefuseValue(context, row, field) : ErrorCode.None;
    }

    /// <summary>Steps 4 to 6 of a bundle with decisions, once its model was asked.</summary>
    /// <param name="context">The request.</param>
    /// <param name="time">For the timings.</param>
    /// <param name="ladder">The ladder.</param>
    /// <param name="isScored">Whether the model gave scores.</param>
    [HotPath]
    public static ErrorCode Complete(
        ScoringContext context, TimeProvider time, ScoringLadder ladder, bool isScored)
    {
        ErrorCode code = ladder.Answer(context, time, isScored);
        return code == ErrorCode.None ? Rank(context, time) : code;
    }

    // Steps 4 to 6 without decisions.
    [HotPath]
    private ErrorCode Complete(ScoringContext context, TimeProvider time)
    {
        context.ReserveScores();
        try
        {
            Score(context.FeatureBatch, context.AllRawScores, context.AllScores);
        }
        catch (Exception exception) when (TensorCalls.CodeOf(exception) != ErrorCode.None)
        {
            return context.Refuse(TensorCalls.CodeOf(exception), exception.Message);
        }

        return CompleteScored(context, time);
    }

    /// <summary>Steps 5 and 6 of a bundle without decisions, once its model gave scores.</summary>
    [HotPath]
    public ErrorCode CompleteScored(ScoringContext context, TimeProvider time)
    {
        int row = FirstNotFinite(context.AllRawScores, OutputCount);
        row = row >= 0 ? row : FirstNotFinite(context.AllScores, ScoreCount);
        return row >= 0 ? RefuseScore(context, row) : Rank(context, time);
    }

    [HotPath]
    private static ErrorCode Rank(ScoringContext context, TimeProvider time)
    {
        context.Rank();
        context.Timings = context.Timings with
        {
            ModelUs = time.MicrosecondsBetween(context.EvaluatedAt, time.GetTimestamp()),
        };
        return ErrorCode.None;
    }

    /// <summary>
    /// All steps of rows whose entities have no events: warm-up, which must leave the store alone.
    /// </summary>
    public ErrorCode RunWithoutState(ScoringContext context, TimeProvider time)
    {
        long start = time.GetTimestamp();
        ErrorCode code = Begin(context, clock: 0);
        return code == ErrorCode.None ? Finish(context, time, start) : code;
    }

    /// <summary>Step 3 alone, for offline runs and replays.</summary>
    public (int Row, int Field) Evaluate(
        RowBatch rows, WindowValues? windows, FeatureBatch features, FeatureFrame? frame, RowBatch? raw) =>
        _features.Evaluate(rows, windows, features, frame, raw);

    /// <summary>Step 3 from one row of values before encoders, for replays of what is not whole any more.</summary>
    public void Encode(RowBatch raw, int row, bool isStateMissing, FeatureBatch features) =>
        _features.Encode(raw, row, isStateMissing, features);

    /// <summary>Steps 4 and 5 alone, for offline runs and replays.</summary>
    [HotPath]
    public void Score(FeatureBatch features, Span<double> rawScores, Span<double> scores)
    {
        _scorer.Score(features, rawScores);
        _scorer.Link.Apply(rawScores, _scorer.OutputCount, scores);
    }

    /// <summary>Steps 4 and 5 where <see cref="IsDeferred"/>.</summary>
    public async ValueTask ScoreAsync(
        FeatureBatch features,
        Memory<double> rawScores,
        Memory<double> scores,
        TimeSpan timeLeft,
        CancellationToken cancellation)
    {
        await _scorer.ScoreAsync(features, rawScores, timeLeft, cancellation);
        _scorer.Link.Apply(rawScores.Span, _scorer.OutputCount, scores.Span);
    }

    [HotPath]
    private static (int Row, int Field) FirstMissing(RowBatch rows, RequestSchema schema)
    {
        bool[] present = rows.Present;
        int fields = rows.FieldCount;
        for (int field = 0; field < fields; field++)
        {
            if (!schema.IsRequired(field))
            {
                continue;
            }

            for (int row = 0; row < rows.RowCount; row++)
            {
                if (!present[(row * fields) + field])
                {
                    return (row, field);
                }
            }
        }

        return (-1, -1);
    }

    [HotPath]
    internal static int FirstNotFinite(ReadOnlySpan<double> scores, int stride)
    {
        for (int index = 0; index < scores.Length; index++)
        {
            if (!double.IsFinite(scores[index]))
            {
                return index / stride;
            }
        }

        return -1;
    }

    private static ErrorCode RefuseMissing(ScoringContext context, int row, int field)
    {
        Field missing = context.Schema.Rows.Fields[field];
        return context.Refuse(
            ErrorCode.InvalidArgument,
            $"row {row}, field '{missing.Name}': missing, expected {missing.Type}",
            row,
            field);
    }

    private static ErrorCode RefuseValue(ScoringContext context, int row, int field)
    {
        string name = context.Schema.Rows.Fields[field].Name;
        return context.Refuse(
            ErrorCode.InvalidArgument, $"row {row}, field '{name}': not a value that the model takes", row, field);
    }

    internal static ErrorCode RefuseScore(ScoringContext context, int row) => context.Refuse(
        ErrorCode.InvalidArgument, $"row {row}: the model gives no finite score for these values", row);
}
