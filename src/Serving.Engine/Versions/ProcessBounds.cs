using Serving.Engine.Bundles;

namespace Serving.Engine.Versions;

/// <summary>What the process has left for a load. Safe for use by several threads.</summary>
internal sealed class ProcessBounds(EngineOptions options, TimeProvider time)
{
    private readonly LoadPace? _pace = options.LoadBandwidth is { } bytes ? new LoadPace(bytes, time) : null;

    /// <summary>The bounds of a load that begins now.</summary>
    /// <param name="isPaced">Whether there are requests whose bandwidth it must not take.</param>
    public LoadBounds Now(bool isPaced) => new(
        options.MemoryLimitBytes is { } most ? most - Environment.WorkingSet : null,
        isPaced ? _pace : null);
}
