using System.Collections.Immutable;
using Serving.Data;
using Serving.Data.Windows;

namespace Serving.State.Windows;

/// <summary>How the records of a log are laid out. Immutable and safe for use by several threads.</summary>
internal sealed class RecordLayout
{
    /// <summary>
    /// Added to a time so that six bytes without a sign hold it; about 4,459 years to either side of 1970.
    /// </summary>
    public const long TimeBias = 1L << 47;

    /// <summary>The six bytes that say: eight bytes of time follow.</summary>
    public const ulong TimeEscape = (1UL << 48) - 1;

    /// <summary>Makes the layout of a log.</summary>
    public RecordLayout(KeyedLog log)
    {
        Log = log;
        Columns = ColumnLayout.Of(log.Columns, out int bits);
        BitBytes = (bits + 7) / 8;
        Event = log.Event;
        HasTextId = Event.Schema.Fields[Event.IdField].Type.Kind == ValueKind.String;
        HoldsText = log.HoldsIds && HasTextId;
        UsualDelay = Event.KnownField >= 0 ? 0 : Math.Max(0, Event.LagMs);
    }

    /// <summary>The log.</summary>
    public KeyedLog Log { get; }

    /// <summary>The event.</summary>
    public EventDeclaration Event { get; }

    /// <summary>The columns.</summary>
    public ImmutableArray<ColumnLayout> Columns { get; }

    /// <summary>Bytes of presence and bool bits.</summary>
    public int BitBytes { get; }

    /// <summary>Whether ids are strings; numbers stand in place of a hash themselves.</summary>
    public bool HasTextId { get; }

    /// <summary>Whether events of one time are ordered by their ids.</summary>
    public bool HoldsIds => Log.HoldsIds;

    /// <summary>Whether records hold the text of the id.</summary>
    public bool HoldsText { get; }

    /// <summary>The distance of known behind time that is written as 0: the declared lag.</summary>
    public long UsualDelay { get; }

    /// <summary>
    /// Bytes that a reader may touch behind a record or a tile of any content: each column moves the place by a varint
    /// at most before the end is looked at, a tile's measure by less than 512 bytes.
    /// </summary>
    public int Overrun => 512 + BitBytes + (PrefixVarint.MaxBytes * (Columns.Length + 1));
}
