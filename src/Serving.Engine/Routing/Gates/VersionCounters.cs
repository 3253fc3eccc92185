using System.Collections.Immutable;
using Serving.Data;
using Serving.Engine.Pipeline;

namespace Serving.Engine.Routing.Gates;

/// <summary>
/// What the requests of one version came to, from its first on. Request threads add without a lock and without
/// allocating; the control thread reads.
/// </summary>
internal sealed class VersionCounters(RowSchema features)
{
    private readonly long[] _missing = new long[features.Fields.Length];
    private readonly FloatBins _micros = new();
    private readonly FloatBins _scores = new();
    private long _requests;
    private long _errors;
    private long _degraded;
    private long _rows;

    /// <summary>Names of the features before encoders, as <see cref="CounterReading.Missing"/> has them.</summary>
    public ImmutableArray<string> FeatureNames { get; } = [.. features.Fields.Select(field => field.Name)];

    /// <summary>Counts a request and what came of it. Cancelled ones are nobody's fault and are not counted.</summary>
    /// <param name="context">The request, scored or refused.</param>
    /// <param name="code">Its end.</param>
    /// <param name="microseconds">The server's own time for it.</param>
    [HotPath]
    public void Add(ScoringContext context, ErrorCode code, uint microseconds)
    {
        if (code == ErrorCode.Cancelled)
        {
            return;
        }

        Interlocked.Increment(ref _requests);
        _micros.Add(microseconds);
        if (code != ErrorCode.None)
        {
            Interlocked.Increment(ref _errors);
            return;
        }

        if (context.IsDegraded)
        {
            Interlocked.Increment(ref _degraded);
        }

        ReadOnlySpan<double> scores = context.Scores;
        for (int index = 0; index < scores.Length; index += context.ScoreCount)
        {
            _scores.Add(scores[index]);
        }

        if (context.Features is { RowCount: > 0 } values)
        {
            CountMissing(values);
        }
    }

    /// <summary>All counts now.</summary>
    public CounterReading Read() => new(
        Volatile.Read(ref _requests),
        Volatile.Read(ref _errors),
        Volatile.Read(ref _degraded),
        Volatile.Read(ref _rows),
        _micros.Read(),
        _scores.Read(),
        [.. _missing]);

    [HotPath]
    private void CountMissing(RowBatch values)
    {
        Interlocked.Add(ref _rows, values.RowCount);
        int fields = values.FieldCount;
        ReadOnlySpan<bool> present = values.Present.AsSpan(0, values.RowCount * fields);
        for (int place = present.IndexOf(false); place >= 0;)
        {
            Interlocked.Increment(ref _missing[place % fields]);
            int next = present[(place + 1)..].IndexOf(false);
            place = next < 0 ? -1 : place + 1 + next;
        }
    }
}
