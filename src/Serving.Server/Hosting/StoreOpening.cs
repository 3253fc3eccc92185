using Serving.State;

namespace Serving.Server.Hosting;

/// <summary>Opens the store that a location names.</summary>
public static class StoreOpening
{
    /// <summary>Opens a store to serve with.</summary>
    /// <exception cref="IOException">The folder is held by another process, or cannot be written.</exception>
    public static Task<OpenStore> OpenAsync(
        StateLocation location, StateLimits limits, TimeProvider time, CancellationToken cancellation) =>
        throw new NotSupportedException($"{location} {limits} {time} {cancellation}");

    /// <summary>Opens a store for the <c>state</c> commands.</summary>
    /// <param name="location">Where it is.</param>
    /// <param name="limits">Its bounds.</param>
    /// <param name="isReadOnly">Whether nothing is changed: then a folder that a server holds is taken too.</param>
    /// <param name="time">The clock.</param>
    /// <param name="cancellation">Gives up.</param>
    /// <exception cref="IOException">The folder is held by another process, or there is none.</exception>
    public static Task<IStateMaintenance> OpenMaintenanceAsync(
        StateLocation location, StateLimits limits, bool isReadOnly, TimeProvider time, CancellationToken cancellation) =>
        throw new NotSupportedException($"{location} {limits} {isReadOnly} {time} {cancellation}");
}
