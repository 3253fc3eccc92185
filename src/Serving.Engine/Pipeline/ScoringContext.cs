using Serving.Data;
using Serving.Engine.Decisions;
using Serving.Engine.Drift;
using Serving.Engine.Ingest;
using Serving.Engine.Predictions.Log;
using Serving.Engine.Routing;
using Serving.Engine.Tensors;
using Serving.Engine.Versions;
using Serving.Features;
using Serving.State;

namespace Serving.Engine.Pipeline;

/// <summary>
/// All buffers of one request on one version of a model, rented from that version's pool by
/// <see cref="InferenceEngine.Rent(ReadOnlySpan{byte}, long, out ScoringContext?)"/> and given back by
/// <see cref="Dispose"/>. While it is rented its version cannot be disposed, so an answer never mixes versions. Not
/// safe for use by several threads at once; filling, scoring and reading allocate nothing after warm-up.
/// </summary>
public sealed class ScoringContext : IDisposable
{
    private readonly ServedVersion _version;
    private readonly DriftTally? _tally;
    private int _leaseSlot;
    private int[] _order = [];

    private int _language; // Place of the language of reasons' texts.
    private int _orderCount;
    private FeedScratch? _feedScratch;

    internal ScoringContext(ServedVersion version)
    {
        _version = version;
        Schema = version.OwnSchema;
        Rows = new RowBatch(version.OwnSchema.Rows);
        Shared = new RowBatch(version.OwnSchema.Rows);
        FeatureBatch = new FeatureBatch();
        Frame = version.Pipeline.CreateFrame();
        Windows = version.Pipeline.Windows?.CreateScratch();
        _tally = version.Drift?.Rent();
        Ladder = version.Pipeline.Ladder?.CreateScratch();
        Tensor = new TensorLease(version);
    }

    /// <summary>The call of a version that is served raw.</summary>
    public TensorLease Tensor { get; }

    /// <summary>How the request came to this version.</summary>
    public RequestRoute Route { get; private set; }

    /// <summary>The model's entry in the table that the request read.</summary>
    internal ModelEntry? Entry { get; private set; }

    /// <summary>What the request may say.</summary>
    public RequestSchema Schema { get; private set; }

    /// <summary>Name of the model.</summary>
    public string Model => _version.Model;

    /// <summary>UTF-8 bytes of the model's name.</summary>
    public ReadOnlySpan<byte> ModelUtf8 => _version.ModelUtf8;

    /// <summary>Version of the model that answers.</summary>
    public long Version => _version.Number;

    /// <summary>The request's rows; the caller fills them by the places of <see cref="Schema"/>.</summary>
    public RowBatch Rows { get; }

    /// <summary>Values for every row that gives none of its own: no row, or one. Filled by the caller.</summary>
    public RowBatch Shared { get; }

    /// <summary>Rows to rank, best first; 0 keeps all rows in their order.</summary>
    public int TopK { get; set; }

    /// <summary>Whether <see cref="Features"/> is to be filled.</summary>
    public bool WantsFeatures { get; set; }

    /// <summary>Whether state is read and nothing is learned from the rows.</summary>
    public bool ScoreOnly { get; set; }

    /// <summary>
    /// Timestamp of the engine's clock at which the server's time for the request is over; 0 for none. With a fallback
    /// the answer comes before it.
    /// </summary>
    public long DeadlineAt { get; set; }

    /// <summary>Whether the answer of a row came by another step than the full one, or is one to be wary of.</summary>
    public bool IsDegraded => (Answered?.DegradedRows ?? StatelessRows) > 0;

    /// <summary>Whether the bundle decides, so that each row has a decision of its own.</summary>
    public bool HasDecisions => Ladder is not null;

    /// <summary>Whether the bundle has a fixed answer for when there is no other, so that it answers in time.</summary>
    public bool HasPolicy => PipelineLadder is { HasPolicy: true };

    /// <summary>The lowest step of the fallback ladder that answered a row.</summary>
    public ScoringStep Step => Answered?.Lowest
        ?? (StatelessRows > 0 ? ScoringStep.WindowsMissing : ScoringStep.Full);

    /// <summary>Name of the feature set; empty without a script.</summary>
    public string FeatureSet => _version.Script?.Name ?? "";

    /// <summary>Name of the request's event, or of the row schema without a script.</summary>
    public string RequestEvent => _version.Pipeline.Rows.Name;

    /// <summary>What became of the rows as events; empty where the script has no windows.</summary>
    public EventCounts Events => Windows?.Counts ?? default;

    /// <summary>Why there are no scores; <see cref="ErrorCode.None"/> after a successful call.</summary>
    public ErrorCode Error { get; private set; }

    /// <summary>
    /// What was found, what was expected and where; empty without an error. Says nothing about the server's inside.
    /// </summary>
    public string ErrorMessage { get; private set; } = "";

    /// <summary>Place of the row that was refused, or -1.</summary>
    public int ErrorRow { get; private set; } = -1;

    /// <summary>Place of the field that was refused in <see cref="RequestSchema.Rows"/>, or -1.</summary>
    public int ErrorField { get; private set; } = -1;

    /// <summary>Raw scores of one row (K).</summary>
    public int OutputCount => _version.Pipeline.OutputCount;

    /// <summary>Scores of one row: K, or 1 where the link gives the number of a class.</summary>
    public int ScoreCount => _version.Pipeline.ScoreCount;

    /// <summary>Scores after the link, [rows, <see cref="ScoreCount"/>], row-major, in the request's order.</summary>
    public ReadOnlySpan<double> Scores => ScoreBuffer.AsSpan(0, Rows.RowCount * ScoreCount);

    /// <summary>Scores before the link, [rows, <see cref="OutputCount"/>], row-major, in the request's order.</summary>
    public ReadOnlySpan<double> RawScores => RawScoreBuffer.AsSpan(0, Rows.RowCount * OutputCount);

    /// <summary>
    /// Places of the rows to answer: the request's order, or with <see cref="TopK"/> best score first, ties by place.
    /// </summary>
    public ReadOnlySpan<int> Order => _order.AsSpan(0, _orderCount);

    /// <summary>
    /// Feature values before encoders, one row for each, when <see cref="WantsFeatures"/> was set; else null.
    /// </summary>
    public RowBatch? Features { get; private set; }

    /// <summary>How long the steps took.</summary>
    public StageTimings Timings { get; internal set; }

    /// <summary>What became of the answer's record in the prediction log.</summary>
    public LogOutcome Log { get; internal set; }

    /// <summary>Waits for the record in strict mode; null before the first time.</summary>
    internal LogTicket? LogTicket { get; set; }

    /// <summary>Where the record stands in the log's ring.</summary>
    internal long LogPosition { get; set; }

    internal double[] ScoreBuffer { get; private set; } = [];

    internal double[] RawScoreBuffer { get; private set; } = [];

    internal FeatureBatch FeatureBatch { get; set; }

    internal FeatureFrame? Frame { get; }

    internal ServedVersion Served => _version;

    /// <summary>State of the rows; null where the script has no windows.</summary>
    internal WindowScratch? Windows { get; }

    /// <summary>Logs of other versions that the rows enter; null where there are none.</summary>
    internal FeedScratch? Feeding { get; private set; }

    /// <summary>What is asked of the store in one trip; null where nothing is.</summary>
    internal StateBatch? StateBatch => Windows?.Batch ?? Feeding?.Batch;

    /// <summary>What the fallback ladder knows of the rows; null in a bundle without decisions.</summary>
    internal LadderScratch? Ladder { get; }

    private LadderScratch? Answered => Error == ErrorCode.None ? Ladder : null;

    /// <summary>The ladder itself.</summary>
    internal ScoringLadder? PipelineLadder => _version.Pipeline.Ladder;

    /// <summary>Number of rows whose state is missing.</summary>
    internal int StatelessRows { get; set; }

    /// <summary>When the model's inputs were filled.</summary>
    internal long EvaluatedAt { get; set; }

    /// <summary>Whether feature values before encoders are wanted.</summary>
    internal bool NeedsRaw => WantsFeatures || IsRecorded || PipelineLadder is { CountsMissing: true };

    /// <summary>Whether somebody looks at the feature values: a record, or a gate.</summary>
    internal bool IsRecorded { get; set; }

    /// <summary>Whether the answer is compared with the version's baseline.</summary>
    internal bool CountsDrift { get; set; }

    /// <summary>Whether the answer of a row is degraded.</summary>
    public bool IsDegradedRow(int row) => Answered?.IsDegraded(row) ?? IsStateMissing(row);

    /// <summary>
    /// Whether window values of a row were missing because the store did not give its state (R101).
    /// </summary>
    public bool IsStateMissing(int row) => StatelessRows > 0 && Windows!.Values.IsStateMissing(row);

    /// <summary>The step of the fallback ladder that answered a row.</summary>
    public ScoringStep StepOf(int row) => Answered?.StepOf(row)
        ?? (IsStateMissing(row) ? ScoringStep.WindowsMissing : ScoringStep.Full);

    /// <summary>What is decided for a row.</summary>
    public Decision DecisionOf(int row) => Answered?.OutcomeOf(row).Decision ?? Decision.None;

    /// <summary>Why, in the request's language.</summary>
    [HotPath]
    public ReadOnlySpan<DecisionReason> DecisionReasonsOf(int row) => Answered is not { } answered
        ? []
        : PipelineLadder!.Decisions.Texts.At(answered.OutcomeOf(row).Reason, _language);

    /// <summary>
    /// The share of declines of which a row is one that is answered approve; 0 where its decision is what it seems.
    /// </summary>
    public double ExploredOf(int row) => Answered is { } answered && answered.IsExplored(row)
        ? PipelineLadder!.Decisions.Document.ExploredBuckets / (double)DecisionDocument.Buckets
        : 0;

    /// <summary>Sets the language of reasons' texts; the bundle's first one where it does not have it.</summary>
    [HotPath]
    public void UseLanguage(ReadOnlySpan<byte> utf8) =>
        _language = PipelineLadder?.Decisions.Texts.LanguageOf(utf8) ?? 0;

    /// <summary>
    /// Gives the buffers and the version back; twice does nothing more. REQUIRES: nobody uses the context afterwards,
    /// since another request may have it by then.
    /// </summary>
    public void Dispose()
    {
        if (_leaseSlot >= 0)
        {
            int slot = _leaseSlot;
            _leaseSlot = -1;

            // An idle context that kept its table would keep every version that was in it, and theirs.
            Entry = null;
            Tensor.End();
            _version.GiveBack(this, slot);
        }
    }

    /// <summary>Gives back what outlives a context that is not kept. Cold.</summary>
    internal void Drop()
    {
        if (_tally is not null)
        {
            _version.Drift!.GiveBack(_tally);
        }
    }

    /// <summary>Notes where in which table the request is, and how it came there.</summary>
    internal void Place(ModelEntry entry, RequestRoute route)
    {
        Entry = entry;
        Route = route;
    }

    /// <summary>
    /// Counts what came of the request, for the version's numbers and its gates; once, by whoever answers. Allocates
    /// nothing.
    /// </summary>
    /// <param name="code">What the caller was told.</param>
    /// <param name="microseconds">The server's own time.</param>
    [HotPath]
    public void Conclude(ErrorCode code, uint microseconds)
    {
        _version.All.Add(this, code, microseconds);
        if (Route.IsRouted)
        {
            _version.Routed.Add(this, code, microseconds);
        }

        // What another step answered before the features were there is none of this model's.
        if (CountsDrift && code == ErrorCode.None && Features is { } features && features.RowCount == Rows.RowCount)
        {
            _version.Drift!.Add(features, Scores, ScoreCount, _tally!);
        }
    }

    /// <summary>Makes the context ready for a request under a lease that its caller took.</summary>
    internal void Begin(RequestSchema schema, RequestFeed? feed, int leaseSlot)
    {
        Schema = schema;
        _leaseSlot = leaseSlot;
        Empty(Rows, schema.Rows);
        Empty(Shared, schema.Rows);
        Windows?.Clear();
        Feeding = feed is null ? null : FeedScratchOf(feed);
        TopK = 0;
        WantsFeatures = false;
        ScoreOnly = false;
        Log = LogOutcome.None;
        IsRecorded = false;
        CountsDrift = false;
        StatelessRows = 0;
        DeadlineAt = 0;
        _language = 0;
        Ladder?.Begin(0);
        _orderCount = 0;
        Features?.Clear();
        ClearError();
    }

    // Another table may feed other logs, and need other fields for it.
    private static void Empty(RowBatch rows, RowSchema schema)
    {
        if (ReferenceEquals(rows.Schema, schema))
        {
            rows.Clear();
        }
        else
        {
            rows.Reset(schema);
        }
    }

    private FeedScratch FeedScratchOf(RequestFeed feed)
    {
        if (_feedScratch?.Feed != feed)
        {
            _feedScratch = new FeedScratch(feed, Windows?.Batch);
        }

        return _feedScratch;
    }

    internal void ClearError()
    {
        Error = ErrorCode.None;
        ErrorMessage = "";
        ErrorRow = -1;
        ErrorField = -1;
    }

    /// <summary>Notes why the request is refused. Cold.</summary>
    internal ErrorCode Refuse(ErrorCode code, string message, int row = -1, int field = -1)
    {
        Error = code;
        ErrorMessage = message;
        ErrorRow = row;
        ErrorField = field;
        _orderCount = 0;
        return code;
    }

    /// <summary>Makes room for the scores of all rows.</summary>
    internal void ReserveScores()
    {
        int count = Rows.RowCount * Math.Max(OutputCount, ScoreCount);
        if (ScoreBuffer.Length < count)
        {
            ScoreBuffer = new double[Math.Max(count, ScoreBuffer.Length * 2)];
            RawScoreBuffer = new double[ScoreBuffer.Length];
        }
    }

    internal Span<double> AllRawScores => RawScoreBuffer.AsSpan(0, Rows.RowCount * OutputCount);

    internal Span<double> AllScores => ScoreBuffer.AsSpan(0, Rows.RowCount * ScoreCount);

    internal Span<double> RawScoresOf(int row) => RawScoreBuffer.AsSpan(row * OutputCount, OutputCount);

    internal Span<double> ScoresOf(int row) => ScoreBuffer.AsSpan(row * ScoreCount, ScoreCount);

    /// <summary>The batch that receives feature values, emptied.</summary>
    internal RowBatch RentFeatures()
    {
        Features ??= new RowBatch(_version.Pipeline.RawSchema);
        Features.Clear();
        return Features;
    }

    /// <summary>Orders the rows of the answer.</summary>
    internal void Rank()
    {
        int rows = Rows.RowCount;
        if (_order.Length < rows)
        {
            _order = new int[Math.Max(rows, _order.Length * 2)];
        }

        _orderCount = TopK <= 0
            ? TopRanking.InOrder(_order, rows)
            : TopRanking.BestFirst(ScoreBuffer, ScoreCount, rows, Math.Min(TopK, rows), _order);
    }

    /// <summary>Bytes that the buffers hold, roughly: a context that grew too large is not kept.</summary>
    internal long BufferBytes =>
        ((long)Rows.Values.Length * 9) + Rows.Text.Length + ((long)Rows.Items.Length * 8)
        + ((long)FeatureBatch.Dense.Length * 8) + ((long)FeatureBatch.Ids.Length * 4)
        + ((long)(Features?.Values.Length ?? 0) * 9);
}
