using Serving.Data;

namespace Serving.Engine.Pipeline;

/// <summary>
/// Idle contexts of one version: a bounded array of places, each exchanged atomically. There is no list, hence no ABA,
/// no lock and nothing to allocate; a thread begins its search at its core's own place, where it last put one back.
/// </summary>
internal sealed class ContextPool
{
    /// <summary>
    /// Idle contexts kept. Requests beyond it while all are busy make contexts that are dropped afterwards.
    /// </summary>
    public const int Capacity = 256;

    /// <summary>
    /// A context whose buffers grew beyond this is dropped, so that one huge request does not stay in memory.
    /// </summary>
    public const long ContextBytesMax = 8 << 20;

    // Places of one core: a core's search stays inside few cache lines before it looks at its neighbours'.
    private const int PlacesPerCore = 8;

    private readonly ScoringContext?[] _idle = new ScoringContext?[Capacity];

    /// <summary>Takes an idle context, or null when there is none.</summary>
    [HotPath]
    public ScoringContext? TryTake()
    {
        int first = Thread.GetCurrentProcessorId() * PlacesPerCore;
        for (int step = 0; step < Capacity; step++)
        {
            ref ScoringContext? place = ref _idle[(first + step) & (Capacity - 1)];
            if (Volatile.Read(ref place) is not null && Interlocked.Exchange(ref place, null) is { } context)
            {
                return context;
            }
        }

        return null;
    }

    /// <summary>Puts a context back, or drops it when all places are taken or it has grown too large.</summary>
    [HotPath]
    public void Put(ScoringContext context)
    {
        if (context.BufferBytes > ContextBytesMax)
        {
            context.Drop();
            return;
        }

        int first = Thread.GetCurrentProcessorId() * PlacesPerCore;
        for (int step = 0; step < Capacity; step++)
        {
            ref ScoringContext? place = ref _idle[(first + step) & (Capacity - 1)];
            if (Volatile.Read(ref place) is null && Interlocked.CompareExchange(ref place, context, null) is null)
            {
                return;
            }
        }

        context.Drop();
    }
}
