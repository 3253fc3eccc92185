using System.Collections.Immutable;
using Serving.Data;
using Serving.Data.Windows;
using Serving.Engine.Offline.Feeds;
using Serving.Engine.Offline.Sorting;
using Serving.Engine.Offline.Windows;
using Serving.Features;
using Serving.Features.Evaluation;

namespace Serving.Engine.Offline;

/// <summary>
/// The request rows of a script in file order, each with its window values and, where it is asked for, its label over
/// events: what every offline run over a script with windows reads. One run at a time.
/// </summary>
/// <remarks>
/// Files that are ordered, requests by time and events by known, are read side by side in one pass. A file turns out
/// not to be while it is read; then what was made is thrown away and the run begins again with that file sorted.
/// </remarks>
public sealed class WindowedRequests
{
    private readonly FeatureScript _script;
    private readonly OfflineFiles _files;
    private readonly OfflineOptions _options;
    private readonly WindowRunPlan _plan;
    private readonly RowFilter? _filter;
    private readonly bool[] _isSorted;
    private readonly int _threads;
    private readonly bool _joinsLabels;
    private readonly bool _usesOracle;
    private IReadOnlyList<RowFeed> _feeds = [];
    private Func<long> _saturations = () => 0;

    /// <summary>Makes the rows of a script.</summary>
    /// <param name="script">The script.</param>
    /// <param name="rows">The request rows to read: the script's, of which some may be optional.</param>
    /// <param name="files">The files of the request and of the events in <see cref="EventsOf"/>.</param>
    /// <param name="options">Threads, the times asked for, cancellation.</param>
    /// <param name="isJoined">
    /// Whether window values and a label over events stand behind the request's fields (<see cref="JoinedRows"/>), as
    /// fitting reads them; else the chunks give window values apart (<see cref="IWindowedChunk"/>).
    /// </param>
    /// <param name="usesOracle">Whether the slow reference computes the values.</param>
    public WindowedRequests(
        FeatureScript script,
        RowSchema rows,
        OfflineFiles files,
        OfflineOptions options,
        bool isJoined = false,
        bool usesOracle = false)
    {
        _script = script;
        _files = files;
        _options = options;
        _plan = new WindowRunPlan(script, rows, isJoined);
        _filter = RowFilter.Of(options, script.TimeField);
        _isSorted = new bool[_plan.Events.Length + 1];
        _threads = options.Threads > 0 ? options.Threads : Environment.ProcessorCount;
        _joinsLabels = isJoined && script.AnyLabel is not null;
        _usesOracle = usesOracle;
    }

    /// <summary>
    /// Names of the events beside the request whose rows a script's windows read, and its label over events where it is
    /// asked for.
    /// </summary>
    public static ImmutableArray<string> EventsOf(FeatureScript script, bool joinsLabels)
    {
        IEnumerable<EventDeclaration> read = script.Windows.Logs.Select(log => log.Event);
        if (joinsLabels && script.AnyLabel is { } label)
        {
            read = read.Append(label.Event);
        }

        return [.. read.Where(declared => !declared.IsRequest).Select(declared => declared.Schema.Name).Distinct()];
    }

    /// <summary>Events of the last opening that entered no window, by event.</summary>
    public ImmutableSortedDictionary<string, AdmissionCounts> Admissions => _feeds
        .Where(feed => feed.Plan.IsEvent)
        .ToImmutableSortedDictionary(feed => feed.Plan.Event.Schema.Name, feed => feed.Counts, StringComparer.Ordinal);

    /// <summary>Window sums and floats of the last opening that did not fit and were cut (R40).</summary>
    public long SaturationCount => _saturations();

    /// <summary>
    /// Does something with the rows, from their start, as often as it takes: again when a file that was taken as
    /// ordered turned out not to be.
    /// </summary>
    /// <param name="use">
    /// Opens the rows by the function it is given and reads them; called again after it was left by an exception.
    /// </param>
    /// <exception cref="InputException">Rows are wrong.</exception>
    public T Run<T>(Func<Func<IRowSource>, T> use)
    {
        if (!_files.MayBeginAgain && !_usesOracle)
        {
            FindOrder();
        }

        while (true)
        {
            try
            {
                return use(Open);
            }
            catch (DisorderException found)
            {
                _isSorted[found.Feed] = true;
            }
        }
    }

    private IRowSource Open()
    {
        if (_usesOracle)
        {
            return OpenOracle();
        }

        long memory = _files.MemoryBytes / Math.Max(1, _isSorted.Count(isSorted => isSorted) + (_isSorted[0] ? 1 : 0));
        LabelJoin? labels = _joinsLabels ? ReadLabels() : null;
        var feeds = new List<RowFeed>();
        WindowRowSource? rows = null;
        try
        {
            for (int number = 0; number < _isSorted.Length; number++)
            {
                feeds.Add(OpenFeed(number, memory));
            }

            _feeds = feeds;
            ImmutableArray<EventCursor> cursors = [.. feeds.Skip(1).Select(feed => new EventCursor(feed))];
            int partitions = _files.PartitionCount > 0 ? _files.PartitionCount : _threads == 1 ? 1 : 2 * _threads;
            var states = new WindowStates(_plan, cursors, partitions, _threads);
            rows = new WindowRowSource(_plan, feeds[0], cursors, labels, states, _filter, _options.Cancellation);
            _saturations = () => states.SaturationCount;
            feeds = [];
            IRowSource result = _isSorted[0]
                ? FileOrder.Restore(rows, _plan, memory, _files.SpillFolder, _filter)
                : rows;
            rows = null;
            return result;
        }
        finally
        {
            rows?.Dispose();
            feeds.ForEach(feed => feed.Dispose());
        }
    }

    private FeedPlan PlanOf(int number) => number == 0 ? _plan.Requests : _plan.Events[number - 1];

    private IRowSource OpenFile(int number)
    {
        FeedPlan plan = PlanOf(number);
        RowSchema rows = plan.Event.IsRequest ? _plan.Rows : plan.Event.Schema;
        return _files.Openers[plan.Event.Schema.Name](rows, number == 0 || !plan.Event.IsRequest);
    }

    private RowFeed OpenFeed(int number, long memory) => new(
        PlanOf(number),
        OpenOrdered(number, memory),
        _script,
        number,
        _threads + 1,
        mustBeOrdered: !_isSorted[number]);

    private IRowSource OpenOrdered(int number, long memory)
    {
        if (!_isSorted[number])
        {
            return OpenFile(number);
        }

        return FeedSort.Sort(
            PlanOf(number), OpenFile(number), _script, memory, _files.SpillFolder, _threads, _options.Cancellation);
    }

    // Looks at the order of all files before the first result.
    private void FindOrder()
    {
        for (int number = 0; number < _isSorted.Length; number++)
        {
            FeedPlan plan = PlanOf(number) with { Logs = [] };
            var problems = new ProblemCollection();
            using var feed = new RowFeed(plan, OpenFile(number), _script, number, _threads + 1, mustBeOrdered: true);
            try
            {
                while (feed.Next() is { } batch)
                {
                    _options.Cancellation.ThrowIfCancellationRequested();
                    problems.Add(batch.Problems);
                    feed.Return(batch);
                }
            }
            catch (DisorderException)
            {
                _isSorted[number] = true;
            }

            problems.ThrowIfAny();
        }
    }

    private LabelJoin ReadLabels()
    {
        var labels = new LabelJoin(_script, _files.MemoryBytes);
        EventDeclaration declared = _script.AnyLabel!.Event;
        ReadAll(declared, labels.Add);
        labels.Close();
        return labels;
    }

    private OracleRowSource OpenOracle()
    {
        var oracle = new WindowOracle(_script);
        ImmutableArray<string> read =
        [
            .. _script.Windows.Logs.Select(log => log.Event.Schema.Name)
                .Concat(_joinsLabels ? [_script.AnyLabel!.Event.Schema.Name] : []).Distinct(),
        ];
        foreach (string name in read)
        {
            ReadAll(_script.EventNamed(name)!, rows => oracle.Add(name, rows));
        }

        return new OracleRowSource(OpenFile(0), oracle, _plan, _filter);
    }

    private void ReadAll(EventDeclaration declared, Action<RowBatch> add)
    {
        RowSchema schema = declared.IsRequest ? _plan.Rows : declared.Schema;
        using IRowSource source = _files.Openers[declared.Schema.Name](schema, false);
        var problems = new ProblemCollection();
        var rows = new RowBatch(source.Schema);
        RowBatch? kept = source.KeptSchema is null ? null : new RowBatch(source.KeptSchema);
        while (source.ReadChunk() is { } chunk)
        {
            _options.Cancellation.ThrowIfCancellationRequested();
            using (chunk)
            {
                try
                {
                    chunk.Parse(rows, kept);
                    add(rows);
                }
                catch (InputException wrong)
                {
                    problems.Add(wrong);
                }
            }
        }

        problems.ThrowIfAny();
    }
}
