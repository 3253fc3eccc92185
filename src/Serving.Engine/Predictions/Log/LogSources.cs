using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using Serving.Data;
using Serving.Engine.Ingest;
using Serving.Engine.Versions;

namespace Serving.Engine.Predictions.Log;

/// <summary>
/// The sources of one log by what they log, and by the number that frames carry. Holds no version that is retired.
/// Safe for use by several threads.
/// </summary>
internal sealed class LogSources(LogOptions options)
{
    // A few hundred bytes each: those of retired versions stay, since frames in the ring may still name them.
    private readonly ConcurrentDictionary<uint, LogSource> _byId = new();
    private readonly ConditionalWeakTable<ServedVersion, LogSource> _versions = [];
    private readonly ConditionalWeakTable<IngestTarget, LogSource> _targets = [];
    private readonly Lock _lock = new();
    private uint _last;

    /// <summary>The source of a version's answers. Allocates only the first time.</summary>
    [HotPath]
    public LogSource Of(ServedVersion version) =>
        _versions.TryGetValue(version, out LogSource? source) ? source : Add(version);

    /// <summary>The source of a declaration's ingested events.</summary>
    public LogSource Of(IngestTarget target) =>
        _targets.TryGetValue(target, out LogSource? source) ? source : Add(target);

    /// <summary>The source of a number that a frame carries.</summary>
    public LogSource ById(uint id) => _byId[id];

    private LogSource Add(ServedVersion version)
    {
        lock (_lock)
        {
            return _versions.TryGetValue(version, out LogSource? known)
                ? known
                : Keep(_versions, version, LogSource.Of(version, ++_last, options));
        }
    }

    private LogSource Add(IngestTarget target)
    {
        lock (_lock)
        {
            return _targets.TryGetValue(target, out LogSource? known)
                ? known
                : Keep(_targets, target, LogSource.Of(target, ++_last, options));
        }
    }

    // By number first: whoever finds the source may append a frame that carries it.
    private LogSource Keep<T>(ConditionalWeakTable<T, LogSource> table, T key, LogSource source)
        where T : class
    {
        _byId[source.Schema.Id] = source;
        table.Add(key, source);
        return source;
    }
}
