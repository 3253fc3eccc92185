namespace Serving.State.Embedded;

/// <summary>What an entry of the log did. The numbers are part of the format.</summary>
internal enum LogKind : byte
{
    /// <summary>
    /// Appended the body to a blob; made it, with the header of check and schema, where it was absent.
    /// </summary>
    Append = 1,

    /// <summary>Put the body in the place of a blob: a compaction, or records put in front.</summary>
    Put = 2,

    /// <summary>Removed a blob that expired.</summary>
    Remove = 3,

    /// <summary>Changed nothing: the entries up to the sequence in the digest's place were on the disk.</summary>
    Synced = 4,
}
