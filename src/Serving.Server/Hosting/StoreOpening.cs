using Serving.State.Embedded;
using Serving.State.Redis;
using Serving.State.Windows;

namespace Serving.Server.Hosting;

/// <summary>Opens the store that a location names.</summary>
public static class StoreOpening
{
    /// <summary>
    /// Opens a store to serve with. Redis that is down is no error: the server answers without state.
    /// </summary>
    /// <exception cref="IOException">The folder is held by another process, or cannot be written.</exception>
    /// <exception cref="Data.InputException">The folder is damaged; each place is named.</exception>
    public static async Task<OpenStore> OpenAsync(StateLocation location, StateLimits limits, TimeProvider time)
    {
        if (location.Kind == StateKind.Redis)
        {
            RedisWindowStore redis = await RedisWindowStore.ConnectAsync(OptionsOf(location, limits, time));
            return new OpenStore
            {
                Store = redis,
                Maintenance = redis,
                Location = location,
                WasClean = true,
                Gauges = RedisGauges.Of(redis),
                Warnings = () => RedisGauges.WarningsOf(redis),
                IsReachable = () => redis.Status.IsClosed && redis.IsReachable,
            };
        }

        // What memory held is gone with the process that held it, as after a kill.
        var options = new EmbeddedOptions { Time = time, ImageBytes = limits.ImageBytes };
        bool wasClean = location.Kind == StateKind.Folder && EmbeddedFolder.IsClean(location.Folder);
        EmbeddedWindowStore store = location.Kind == StateKind.Memory
            ? EmbeddedWindowStore.OpenMemory(options)
            : EmbeddedWindowStore.Open(location.Folder, options);
        return new OpenStore
        {
            Store = store,
            Maintenance = store,
            Location = location,
            WasClean = wasClean,
            Gauges = EmbeddedGauges.Of(store),
            Warnings = () => EmbeddedGauges.WarningsOf(store),
        };
    }

    private static RedisStoreOptions OptionsOf(StateLocation location, StateLimits limits, TimeProvider time)
    {
        var options = new RedisStoreOptions
        {
            Endpoints = location.Endpoints,
            User = location.User ?? limits.User,
            Password = location.Password ?? limits.Password,
            Database = location.Database,
            Tls = location.IsEncrypted,
            Budget = limits.Budget,
            QueueMax = limits.QueueMax,
            CheckContent = static (_, blob) => BlobCheck.ProblemOf(blob.Span),
            Time = time,
        };
        return location.Prefix is { } prefix ? options with { Prefix = prefix } : options;
    }
}
