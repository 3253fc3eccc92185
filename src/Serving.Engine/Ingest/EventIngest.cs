using Serving.Data;
using Serving.Data.Windows;
using Serving.Engine.Predictions;
using Serving.Engine.Predictions.Log;
using Serving.State;
using Serving.State.Windows;

namespace Serving.Engine.Ingest;

/// <summary>
/// Takes events into the store: (1) required fields and times, (2) late and future ones are counted, (3) records are
/// appended durably in one trip, (4) repetitions are counted by what the trip read. Safe for use by several threads.
/// </summary>
internal sealed class EventIngest
{
    private const string Unlogged =
        "the prediction log does not have the events; sending them again is harmless";

    private readonly IWindowStore _store;
    private readonly IAnswerRecorder? _recorder;
    private readonly PredictionLog? _log;
    private readonly TimeProvider _time;

    /// <summary>Makes the ingest into a store.</summary>
    public EventIngest(IWindowStore store, IAnswerRecorder? recorder, PredictionLog? log, TimeProvider time)
    {
        _log = log;
        _store = store;
        _recorder = recorder;
        _time = time;
    }

    /// <summary>
    /// Takes the rows of a context. None: the store has them; Unavailable: it may not have them, and sending again is
    /// harmless; InvalidArgument: nothing was taken.
    /// </summary>
    public async ValueTask<ErrorCode> RunAsync(IngestContext context, CancellationToken cancellation)
    {
        // Step 1
        if (IngestProblems.Of(context) is { } problem)
        {
            return context.Refuse(ErrorCode.InvalidArgument, problem);
        }

        if (_log is { IsRefusing: true })
        {
            return context.Refuse(ErrorCode.Unavailable, Unlogged);
        }

        // Step 2
        uint accepted = Ask(context);
        if (context.Batch.Count > 0)
        {
            // Step 3
            context.Batch.MustBeDurable = true;
            await _store.ExchangeAsync(context.Batch, cancellation);
            ErrorCode code = OutcomeOf(context);
            _recorder?.Record(context);
            if (_log is not null && !await _log.AppendAsync(context) && code == ErrorCode.None)
            {
                return context.Refuse(ErrorCode.Unavailable, Unlogged);
            }

            if (code != ErrorCode.None)
            {
                return code;
            }
        }

        // Step 4
        context.Duplicate = LookAtState(context);
        context.Accepted = accepted - context.Duplicate;
        return ErrorCode.None;
    }

    private uint Ask(IngestContext context)
    {
        long clock = _time.GetUtcNow().ToUnixTimeMilliseconds();
        foreach (IngestWriter writer in context.Writers)
        {
            writer.Begin(context.Rows);
        }

        uint accepted = 0;
        for (int row = 0; row < context.Rows.RowCount; row++)
        {
            switch (Admit(context, row, clock))
            {
                case EventVerdict.Late:
                    context.Late++;
                    break;
                case EventVerdict.Future:
                    context.Future++;
                    break;
                default:
                    accepted++;
                    foreach (IngestWriter writer in context.Writers)
                    {
                        writer.Add(row, context.Batch);
                    }

                    break;
            }
        }

        return accepted;
    }

    // Without a known field the declared known time says nothing about the clock: the arrival does.
    private static EventVerdict Admit(IngestContext context, int row, long clock)
    {
        EventDeclaration declaration = context.Declaration;
        bool isAhead = declaration.KnownField < 0
            && context.Rows.Get(row, declaration.TimeField) - clock > EventDeclaration.FutureToleranceMs;
        return isAhead ? EventVerdict.Future : EventAdmission.Check(declaration, context.Rows, row);
    }

    private static ErrorCode OutcomeOf(IngestContext context)
    {
        foreach (ref readonly StateAccess access in context.Batch.Accesses)
        {
            if (access.Outcome == StateOutcome.TooMany)
            {
                return context.Refuse(
                    ErrorCode.ResourceExhausted,
                    "an entity of the call gets more events than the server's bound for one allows");
            }

            // A damaged blob still takes appends: what is appended behind it is read once it is repaired.
            if (access.Outcome is StateOutcome.Unavailable or StateOutcome.Lost)
            {
                return context.Refuse(
                    ErrorCode.Unavailable, "the store did not confirm the events; sending them again is harmless");
            }
        }

        return ErrorCode.None;
    }

    // A row is a duplicate when it was there under every key that it has. Blobs with a long tail are folded on the way.
    private uint LookAtState(IngestContext context)
    {
        const int OnStack = 1024;
        const byte Repeated = 1;
        const byte Fresh = 2;
        const byte Conflict = 4;
        const byte Unknown = 8;
        int rows = context.Rows.RowCount;
        Span<byte> seen = rows <= OnStack ? stackalloc byte[rows] : new byte[rows];
        foreach (IngestWriter writer in context.Writers)
        {
            foreach ((int Access, int Row, int Log) added in writer.Added)
            {
                seen[added.Row] |= writer.Judge(added, context.Batch, out bool isDue) switch
                {
                    Repetition.Same => Repeated,
                    Repetition.Conflict => Repeated | Conflict,
                    Repetition.Unknown => Unknown,
                    _ => Fresh,
                };
                if (isDue)
                {
                    ref readonly StateAccess access = ref context.Batch.Accesses[added.Access];
                    _store.RequestCompaction(access.Key, access.Schema);
                }
            }
        }

        uint repeated = 0;
        foreach (byte row in seen)
        {
            bool isRepeated = (row & Repeated) != 0;
            repeated += (row & ~Conflict) == Repeated ? 1u : 0;
            context.Conflicting += isRepeated && (row & (Conflict | Fresh)) != 0 ? 1u : 0;
        }

        return repeated;
    }
}
