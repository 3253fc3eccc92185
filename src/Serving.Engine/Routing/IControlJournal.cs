namespace Serving.Engine.Routing;

/// <summary>
/// Keeps what was decided beyond the process: an audit and the tables. The engine calls it from one thread at a time.
/// </summary>
public interface IControlJournal
{
    /// <summary>The tables that the last whole line of the audit left.</summary>
    IReadOnlyList<TrafficState> Load();

    /// <summary>
    /// The tables again where another server wrote meanwhile; null where nothing changed. Never throws.
    /// </summary>
    IReadOnlyList<TrafficState>? Follow();

    /// <summary>
    /// Makes an act durable before it takes effect: returns once its line is synced and the tables are renamed.
    /// </summary>
    /// <param name="line">The act; refused ones have no table.</param>
    /// <exception cref="IOException">It cannot be written: the act does not take place.</exception>
    void Write(ControlLine line);
}
