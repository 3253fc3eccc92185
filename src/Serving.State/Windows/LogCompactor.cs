using System.Buffers;
using System.Collections.Concurrent;

namespace Serving.State.Windows;

/// <summary>
/// Folds the raw records of a log's blobs into tiles (docs/state-format.md): requests from the newest folded known time
/// on read the same bits before and after. Safe for use by several threads.
/// </summary>
/// <param name="codec">The log's bytes.</param>
/// <param name="marginMs">
/// How far behind the newest known time a record must lie to be folded, in milliseconds: clocks and roads of events
/// differ by less.
/// </param>
/// <param name="isOrdered">
/// Whether no request comes before the newest known time of a blob, as offline: what none can reach is dropped earlier.
/// </param>
public sealed class LogCompactor(
    LogCodec codec, long marginMs = LogCompactor.UsualMarginMs, bool isOrdered = false) : IBlobCompactor
{
    /// <summary>The usual margin: two seconds.</summary>
    public const long UsualMarginMs = 2000;

    // A card's month of records is about 1.2 KB; below this, folding costs more than it saves.
    private const int TailBytesMin = 768;

    private readonly ConcurrentBag<BlobFolder> _folders = [];

    /// <inheritdoc/>
    public ulong Schema => codec.Schema;

    /// <inheritdoc/>
    public int Compact(ReadOnlySpan<byte> blob, IBufferWriter<byte> replacement)
    {
        if (!_folders.TryTake(out BlobFolder? folder))
        {
            folder = new BlobFolder(codec, marginMs, isOrdered);
        }

        int removed = folder.Fold(blob, replacement);
        _folders.Add(folder);
        return removed;
    }

    /// <inheritdoc/>
    public bool IsDue(int length, int appended) => IsWorth(length, appended);

    /// <summary>What stands in a blob, for people (<c>state dump</c>).</summary>
    public BlobDescription Describe(ReadOnlySpan<byte> blob) => BlobDescriber.Describe(codec, blob);

    /// <summary>Whether a blob of this length, with a raw tail of so many bytes, is worth folding.</summary>
    internal static bool IsWorth(int length, int tail) => tail >= TailBytesMin && tail >= (length - tail) / 2;
}
