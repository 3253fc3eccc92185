using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using Serving.Data;
using Serving.Engine.Ingest;
using Serving.Engine.Pipeline;

namespace Serving.Engine.Predictions.Log;

/// <summary>
/// The sources of one log by what they log, and by the number that frames carry. Holds no version that is retired.
/// Safe for use by several threads.
/// </summary>
internal sealed class LogSources(LogOptions options)
{
    // A few hundred bytes each: those of retired versions stay, since frames in the ring may still name them.
    private readonly ConcurrentDictionary<uint, LogSource> _byId = new();

    // A schema of requests belongs to one version; a table that changes makes new ones.
    private readonly ConditionalWeakTable<RequestSchema, LogSource> _requests = [];
    private readonly ConditionalWeakTable<IngestTarget, LogSource> _targets = [];
    private readonly Lock _lock = new();
    private uint _last;

    /// <summary>The source of a context's answers. Allocates only the first time.</summary>
    [HotPath]
    public LogSource Of(ScoringContext context) =>
        _requests.TryGetValue(context.Schema, out LogSource? source) ? source : Add(context);

    /// <summary>The source of a declaration's ingested events.</summary>
    public LogSource Of(IngestTarget target) =>
        _targets.TryGetValue(target, out LogSource? source) ? source : Add(target);

    /// <summary>The source of a number that a frame carries.</summary>
    public LogSource ById(uint id) => _byId[id];

    private LogSource Add(ScoringContext context)
    {
        lock (_lock)
        {
            return _requests.TryGetValue(context.Schema, out LogSource? known)
                ? known
                : Keep(_requests, context.Schema, LogSource.Of(
                    context.Served, context.Schema, context.Entry?.By, _last + 1, options));
        }
    }

    private LogSource Add(IngestTarget target)
    {
        lock (_lock)
        {
            return _targets.TryGetValue(target, out LogSource? known)
                ? known
                : Keep(_targets, target, LogSource.Of(target, _last + 1, options));
        }
    }

    // By number first: whoever finds the source may append a frame that carries it.
    private LogSource Keep<T>(ConditionalWeakTable<T, LogSource> table, T key, LogSource made)
        where T : class
    {
        LogSource source = _byId.Values.FirstOrDefault(made.HoldsTheSameAs) ?? made;
        if (ReferenceEquals(source, made))
        {
            _last = made.Schema.Id;
            _byId[made.Schema.Id] = made;
        }

        table.Add(key, source);
        return source;
    }
}
