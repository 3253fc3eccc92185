using System.Runtime.InteropServices;

namespace Serving.State;

/// <summary>One access of a batch: what is asked, and what came of it.</summary>
[StructLayout(LayoutKind.Auto)]
public struct StateAccess
{
    /// <summary>Which blob.</summary>
    public StateKey Key;

    /// <summary>Place of the record to append in the batch's request bytes.</summary>
    public int RecordOffset;

    /// <summary>Its length; 0 where the access only reads.</summary>
    public int RecordLength;

    /// <summary>Schema hash of the log, for the header of a new blob.</summary>
    public ulong Schema;

    /// <summary>How long the blob lives after its last append, in milliseconds; 0: for ever.</summary>
    public long LifetimeMs;

    /// <summary>What came of it.</summary>
    public StateOutcome Outcome;

    /// <summary>Place of the state before the append in the batch's answer bytes.</summary>
    public int StateOffset;

    /// <summary>Its length; 0 for an absent key.</summary>
    public int StateLength;

    /// <summary>The blob's epoch: the number of its compactions.</summary>
    public uint Epoch;

    /// <summary>Length of the blob behind the own append; the length read where nothing was appended.</summary>
    public int After;
}
