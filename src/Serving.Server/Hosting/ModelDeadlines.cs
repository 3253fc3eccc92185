using System.Collections.Frozen;

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
    private readonly TimeSpan _server;
    private readonly FrozenDictionary<string, TimeSpan> _own;

    /// <summary>Takes the deadlines of a server's options.</summary>
    public ModelDeadlines(ServerOptions options)
    {
        _server = options.Deadline;
        _own = options.ModelDeadlines.ToFrozenDictionary(StringComparer.Ordinal);
        Longest = _own.Values.Append(_server).Max();
    }

    /// <summary>Whether any model has its own; where none has, the gRPC library's deadline is enough.</summary>
    public bool AreOwn => _own.Count > 0;

    /// <summary>The longest that any model may take.</summary>
    public TimeSpan Longest { get; }

    /// <summary>The deadline of a model.</summary>
    public TimeSpan Of(string model) => _own.TryGetValue(model, out TimeSpan own) ? own : _server;
}
