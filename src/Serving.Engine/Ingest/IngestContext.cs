using Serving.Data;
using Serving.Data.Windows;
using Serving.Engine.Pipeline;
using Serving.State;

namespace Serving.Engine.Ingest;

/// <summary>
/// All buffers of one call that brings events which are no requests, rented by <see cref="InferenceEngine.RentIngest"/>
/// and given back by <see cref="Dispose"/>. Not safe for use by several threads at once.
/// </summary>
public sealed class IngestContext : IDisposable
{
    private const int SmallSlots = 1 << 16;

    private readonly IngestTarget _target;

    internal IngestContext(IngestTarget target)
    {
        _target = target;
        Rows = new RowBatch(target.Schema.Rows);
        Writers = [.. target.Parts.Select(part => new IngestWriter(part))];
    }

    /// <summary>What the rows may say.</summary>
    public RequestSchema Schema => _target.Schema;

    /// <summary>Name of the feature set.</summary>
    public string Set => _target.Set;

    /// <summary>The event.</summary>
    public EventDeclaration Declaration => _target.Declaration;

    /// <summary>The rows; the caller fills them by the places of <see cref="Schema"/>.</summary>
    public RowBatch Rows { get; }

    /// <summary>Rows that the store has now.</summary>
    public uint Accepted { get; internal set; }

    /// <summary>Rows whose id was there before under every key that they have (R44).</summary>
    public uint Duplicate { get; internal set; }

    /// <summary>Rows that became known too late (R54).</summary>
    public uint Late { get; internal set; }

    /// <summary>Rows whose time lies ahead of their known or arrival time (R55).</summary>
    public uint Future { get; internal set; }

    /// <summary>
    /// Rows whose id was there before with other times or kept values, or under some of their keys only; the first one
    /// counts.
    /// </summary>
    public uint Conflicting { get; internal set; }

    /// <summary>Why nothing was taken; <see cref="ErrorCode.None"/> after a successful call.</summary>
    public ErrorCode Error { get; private set; }

    /// <summary>The same in words; empty without an error.</summary>
    public string ErrorMessage { get; private set; } = "";

    internal IngestTarget Target => _target;

    internal StateBatch Batch { get; } = new();

    internal IngestWriter[] Writers { get; }

    internal bool IsSmall => Rows.Values.Length <= SmallSlots;

    /// <summary>Gives the buffers back. REQUIRES: nobody uses the context afterwards.</summary>
    public void Dispose() => _target.GiveBack(this);

    internal void Begin()
    {
        Rows.Clear();
        Batch.Clear();
        Accepted = Duplicate = Late = Future = Conflicting = 0;
        Error = ErrorCode.None;
        ErrorMessage = "";
    }

    /// <summary>Notes why the call is refused.</summary>
    internal ErrorCode Refuse(ErrorCode code, string message)
    {
        Error = code;
        ErrorMessage = message;
        return code;
    }
}
