using System.Collections.Frozen;
using Serving.Engine.Pipeline;

namespace Serving.Server.Hosting;

/// <summary>
/// How long one row of each model may take: its own deadline where the configuration has one, else the server's.
/// Immutable, safe for use by several threads.
/// </summary>
/// <remarks>
/// The model of a gRPC call stands in its message. Until that is read the longest of all deadlines holds; from then on
/// the model's, counted from the start of the request.
/// </remarks>
internal sealed class ModelDeadlines
{
    /// <summary>The deadline where neither the model nor the server has one and the bundle has a policy.</summary>
    public static readonly TimeSpan WithPolicy = TimeSpan.FromMilliseconds(50);

    /// <summary>The same where it has none, so that nothing stands in for a late score.</summary>
    public static readonly TimeSpan WithoutPolicy = TimeSpan.FromSeconds(1);

    private readonly TimeSpan? _server;
    private readonly TimeSpan _batch;
    private readonly TimeProvider _time;
    private readonly FrozenDictionary<string, TimeSpan> _own;

    /// <summary>Takes the deadlines of a server's options.</summary>
    public ModelDeadlines(ServerOptions options, TimeProvider time)
    {
        _server = options.Deadline;
        _batch = options.BatchDeadline;
        _time = time;
        _own = options.ModelDeadlines.ToFrozenDictionary(StringComparer.Ordinal);
        Longest = _own.Values.Append(_server ?? WithoutPolicy).Max();
    }

    /// <summary>Whether any model has its own; where none has, the gRPC library's deadline is enough.</summary>
    public bool AreOwn => _own.Count > 0;

    /// <summary>The longest that any model may take.</summary>
    public TimeSpan Longest { get; }

    /// <summary>The deadline of a model whose bundle has no fallback policy.</summary>
    public TimeSpan Of(string model) => Of(model, hasPolicy: false);

    /// <summary>The deadline of one row on the version that answers it.</summary>
    public TimeSpan Of(ScoringContext context) => Of(context.Model, context.HasPolicy);

    /// <summary>Tells a request when the server's time for it is over.</summary>
    /// <param name="context">The request.</param>
    /// <param name="beganAt">Timestamp from which the time counts.</param>
    /// <param name="isBatch">Whether it is a batch.</param>
    public void GiveTo(ScoringContext context, long beganAt, bool isBatch)
    {
        TimeSpan longest = isBatch ? _batch : Of(context);
        context.DeadlineAt = beganAt + (long)(longest.TotalSeconds * _time.TimestampFrequency);
    }

    private TimeSpan Of(string model, bool hasPolicy) =>
        _own.TryGetValue(model, out TimeSpan own) ? own
        : _server ?? (hasPolicy ? WithPolicy : WithoutPolicy);
}
