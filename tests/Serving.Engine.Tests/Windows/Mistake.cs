using Serving.Data;
using Serving.Data.Windows;
using Serving.State;
using Serving.State.Windows;

namespace Serving.Engine.Tests.Windows;

/// <summary>A bug put into one of the parts that serve windows; what is null is as it should be.</summary>
internal sealed record Mistake
{
    /// <summary>Nothing is wrong.</summary>
    public static readonly Mistake None = new();

    /// <summary>Changes what is written and read of a log.</summary>
    public Func<KeyedLog, KeyedLog>? Log { get; init; }

    /// <summary>Makes the codec by which blobs are folded; the margin stays.</summary>
    public Func<KeyedLog, LogCodec>? Folded { get; init; }

    /// <summary>Changes the request rows by which state is asked for and read.</summary>
    public Action<RowBatch, EventDeclaration>? Asked { get; init; }

    /// <summary>Changes the request rows between asking and reading.</summary>
    public Action<RowBatch, EventDeclaration>? Read { get; init; }

    /// <summary>Changes the window values before features are computed from them.</summary>
    public Action<WindowValues>? Values { get; init; }

    /// <summary>Puts a store in front of the store.</summary>
    public Func<IWindowStore, IStateMaintenance, IWindowStore>? Store { get; init; }

    /// <summary>Whether an event is let in: called once for each that comes live, in order.</summary>
    public Func<Func<Arrival, bool>>? Admission { get; init; }
}
