namespace Serving.Server.Hosting;

/// <summary>What keeps the state of windows.</summary>
public enum StateKind
{
    /// <summary>The process's memory: gone with it.</summary>
    Memory = 0,

    /// <summary>The embedded store in a folder of one server.</summary>
    Folder,

    /// <summary>Redis, Valkey or a cluster of them, shared by servers.</summary>
    Redis,
}
