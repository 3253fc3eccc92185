using Serving.Data.Durability;
using Serving.Engine.Bundles;

namespace Serving.Engine.Versions;

/// <summary>
/// Runs loads on threads of their own and not on the pool's: a load takes seconds, and requests run on the pool.
/// </summary>
/// <param name="options">Whether loads run inside the caller, for tests.</param>
/// <param name="time">The clock.</param>
/// <param name="models">Reads the bundles' models.</param>
/// <param name="tell">Is told step by step what becomes of a load, on the loading thread.</param>
internal sealed class LoadThreads(
    EngineOptions options, TimeProvider time, IBundleModelReader models, Action<LoadReport> tell)
{
    private readonly VersionLoader _loader = new(models, time, options.Store, options.WatchesDrift, options.Log);
    private readonly ProcessBounds _bounds = new(options, time);

    /// <summary>Begins to load a version.</summary>
    /// <param name="version">The version.</param>
    /// <param name="isYielding">Whether there are requests that it yields the processor and the disk to.</param>
    public void Begin(VersionHarness version, bool isYielding)
    {
        if (options.LoadInline)
        {
            _loader.Load(version, _bounds.Now(isPaced: false), tell);
            return;
        }

        new Thread(() =>
        {
            if (isYielding)
            {
                ThreadNiceness.LowerCurrentThread();
            }

            _loader.Load(version, _bounds.Now(isPaced: isYielding), tell);
        })
        {
            Name = "serving-load",
            IsBackground = true,
        }.Start();
    }
}
