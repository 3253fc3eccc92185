using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Globalization;
using Serving.Data;

namespace Serving.Engine.Drift;

/// <summary>
/// Counts what one version answers against its baseline: that of its bundle, else its own first answers. Requests add
/// to tallies of their contexts without a lock and without allocating; the monitor collects them into hours and days.
/// Safe for use by several threads. Nothing of it survives a restart.
/// </summary>
internal sealed class DriftMeter : IThreadPoolWorkItem
{
    private readonly string _model;
    private readonly long _version;
    private readonly DriftColumns _columns;
    private readonly TimeProvider _time;
    private readonly ConcurrentBag<DriftTally> _idle = [];

    // Guards all below but what requests read; collecting, reports and new tallies meet here, requests never do.
    private readonly Lock _gate = new();
    private readonly List<DriftTally> _tallies = [];
    private readonly DriftPeriods _periods;
    private readonly long[] _sums;
    private readonly bool _isOfBundle;
    private DateTimeOffset _collected;

    // When the first answer came; until then when the version was loaded.
    private DateTimeOffset _since;
    private bool _hasAnswered;
    private int _drained;
    private int _claimedBefore = -1;
    private long _lost;

    // Null until the first answers are a baseline. The monitor writes it once, requests read it.
    private DriftBuckets? _buckets;

    // Null with a baseline of the bundle, and once all of it is counted.
    private FirstAnswers? _first;

    /// <summary>Makes the meter of a version.</summary>
    /// <param name="model">Name of the model.</param>
    /// <param name="version">Its version.</param>
    /// <param name="features">Its features before encoders.</param>
    /// <param name="baseline">The bundle's baseline, or null.</param>
    /// <param name="time">Says when.</param>
    public DriftMeter(string model, long version, RowSchema features, DriftBaseline? baseline, TimeProvider time)
    {
        _model = model;
        _version = version;
        _columns = new DriftColumns(features);
        _time = time;
        _periods = new DriftPeriods(_columns.CellCount);
        _sums = new long[_columns.CellCount];
        _isOfBundle = baseline is not null;
        _collected = time.GetUtcNow();
        _since = _collected;
        if (baseline is not null)
        {
            _buckets = DriftBuckets.Of(_columns, baseline);
        }
        else
        {
            _first = new FirstAnswers(_columns, time);
        }
    }

    /// <summary>Answers that came faster than the baseline was made, and were not counted.</summary>
    public long LostCount
    {
        get
        {
            lock (_gate)
            {
                return _lost + (_first?.LostCount ?? 0);
            }
        }
    }

    /// <summary>Takes a tally for a context. Cold.</summary>
    public DriftTally Rent()
    {
        if (_idle.TryTake(out DriftTally? idle))
        {
            return idle;
        }

        var tally = new DriftTally(_columns.CellCount);
        lock (_gate)
        {
            _tallies.Add(tally);
        }

        return tally;
    }

    /// <summary>Takes the tally of a context back that is dropped. Cold.</summary>
    public void GiveBack(DriftTally tally) => _idle.Add(tally);

    /// <summary>Counts the rows of an answer.</summary>
    /// <param name="features">Their features before encoders.</param>
    /// <param name="scores">Their scores; the first of each row counts.</param>
    /// <param name="stride">Scores of one row.</param>
    /// <param name="tally">The tally of the calling context.</param>
    [HotPath]
    public void Add(RowBatch features, ReadOnlySpan<double> scores, int stride, DriftTally tally)
    {
        if (Volatile.Read(ref _buckets) is { } buckets)
        {
            buckets.Count(features, scores, stride, tally.Counts);
        }
        else if (Volatile.Read(ref _first) is { } first && first.Add(features, scores, stride))
        {
            // Once in a version's life; the places for answers that come meanwhile are few.
            ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
        }
    }

    /// <inheritdoc/>
    void IThreadPoolWorkItem.Execute() => Collect();

    /// <summary>Takes what came since the last call into the hour and the day.</summary>
    public void Collect()
    {
        lock (_gate)
        {
            CollectCore();
        }
    }

    /// <summary>The periods of a kind beside the baseline; until that is made, beside the answers so far.</summary>
    public DriftReport Report(DriftPeriodKind kind)
    {
        lock (_gate)
        {
            CollectCore();
            string since = _since.UtcDateTime.ToString(
                "yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);
            return new DriftReport(
                _model,
                _version,
                _isOfBundle ? "bundle" : $"traffic since {since}",
                _buckets is null ? ReportFirst(kind) : ReportOf(_buckets, _periods, kind));
        }
    }

    /// <summary>The newest period of a kind; null before the baseline is made or without answers.</summary>
    public DriftPeriod? Newest(DriftPeriodKind kind)
    {
        lock (_gate)
        {
            CollectCore();
            return _buckets is null ? null : ReportOf(_buckets, _periods, kind, newestOnly: true).LastOrDefault();
        }
    }

    private void CollectCore()
    {
        DateTimeOffset now = _time.GetUtcNow();
        if (_first is not null)
        {
            CollectFirst(_first);
        }

        Array.Clear(_sums);
        foreach (DriftTally tally in _tallies)
        {
            tally.Take(_sums);
        }

        // They came between the last call and this one: about a second, which may lie in the hour before.
        if (_sums.AsSpan().ContainsAnyExcept(0L))
        {
            _periods.Add(_collected, _sums);
        }

        _collected = now;
    }

    private void CollectFirst(FirstAnswers first)
    {
        int claimed = first.ClaimedCount;
        if (!_hasAnswered && claimed > 0 && first.IsWritten(0))
        {
            _hasAnswered = true;
            _since = first.TimeOf(0);
        }

        if (_buckets is null && first.CountWritten(first.Wanted) == first.Wanted)
        {
            Volatile.Write(ref _buckets, first.Build(first.Wanted));
        }

        if (_buckets is null)
        {
            return;
        }

        for (; _drained < claimed && first.IsWritten(_drained); _drained++)
        {
            CountStored(first, _drained, _buckets, _periods);
        }

        // A request that read no buckets just before they were there has written by the next call.
        if (_drained == claimed && claimed == _claimedBefore)
        {
            _lost = first.LostCount;
            Volatile.Write(ref _first, null);
        }

        _claimedBefore = claimed;
    }

    private void CountStored(FirstAnswers first, int answer, DriftBuckets buckets, DriftPeriods periods)
    {
        Array.Clear(_sums);
        buckets.Count(first.ValuesOf(answer), _sums);
        periods.Add(first.TimeOf(answer), _sums);
    }

    private ImmutableArray<DriftPeriod> ReportFirst(DriftPeriodKind kind)
    {
        int written = _first!.CountWritten(_first.Wanted);
        DriftBuckets buckets = _first.Build(written);
        var periods = new DriftPeriods(_columns.CellCount);
        for (int answer = 0; answer < written; answer++)
        {
            CountStored(_first, answer, buckets, periods);
        }

        return ReportOf(buckets, periods, kind);
    }

    private ImmutableArray<DriftPeriod> ReportOf(
        DriftBuckets buckets, DriftPeriods periods, DriftPeriodKind kind, bool newestOnly = false)
    {
        IEnumerable<(DateTimeOffset From, DateTimeOffset To, long[] Counts)> kept = periods.Of(kind);
        return
        [
            .. (newestOnly ? kept.TakeLast(1) : kept).Select(period => new DriftPeriod(
                period.From,
                period.To,
                DriftComparison.RowsOf(_columns, period.Counts),
                DriftComparison.Compare(_columns, buckets.Baseline, period.Counts))),
        ];
    }
}
