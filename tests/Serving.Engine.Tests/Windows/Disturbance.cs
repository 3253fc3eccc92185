namespace Serving.Engine.Tests.Windows;

/// <summary>What happens to a store between two arrivals.</summary>
[Flags]
internal enum Disturbance
{
    None = 0,

    /// <summary>The fold of every key is asked for, and happens beside what arrives next.</summary>
    RequestCompaction = 1,

    /// <summary>Every key is folded before what arrives next.</summary>
    CompactAll = 2,

    /// <summary>A snapshot is written.</summary>
    Snapshot = 4,

    /// <summary>The store ends cleanly and is opened again.</summary>
    Restart = 8,

    /// <summary>The store is lost; a copy of what its folder held is opened.</summary>
    Crash = 16,

    /// <summary>What has expired is dropped.</summary>
    Sweep = 32,
}
