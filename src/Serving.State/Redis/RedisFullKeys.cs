using System.Collections.Concurrent;

namespace Serving.State.Redis;

/// <summary>
/// Keys that reached the bound of records behind their folded part (hardening.md 64), as far as this process has seen:
/// their blobs are read before anything is appended, and nothing is while they are not folded. An append is blind, so
/// the bound is passed by what was under way when it was reached. Safe for use by several threads.
/// </summary>
internal sealed class RedisFullKeys(int tailBytesMax)
{
    // More than so many at once are not held back: keys that get too much are few.
    private const int KeysMax = 4096;

    private readonly ConcurrentDictionary<StateKey, byte> _keys = new();

    /// <summary>Whether an access is to be read first.</summary>
    public bool Holds(RedisAccess access) => !_keys.IsEmpty && access.Appends && _keys.ContainsKey(access.Key);

    /// <summary>Whether a blob of a length has no room for the records of an access.</summary>
    /// <param name="blob">At least its folded part; empty for none.</param>
    /// <param name="length">Its length.</param>
    /// <param name="access">The access.</param>
    public bool IsFull(ReadOnlySpan<byte> blob, int length, RedisAccess access) =>
        length + access.Records.Length > BlobHeader.BlobBytesMax
        || length - BlobHeader.FoldedEndOf(blob) + access.Records.Length > tailBytesMax;

    /// <summary>Whether a blob of a length is so long that it should be folded.</summary>
    public bool IsLong(ReadOnlySpan<byte> blob, int length) =>
        length - BlobHeader.FoldedEndOf(blob) > tailBytesMax / 2;

    /// <summary>Notes a key that is full.</summary>
    public void Add(in StateKey key)
    {
        if (_keys.Count < KeysMax)
        {
            _keys.TryAdd(key, 0);
        }
    }

    /// <summary>Notes that a key has room again.</summary>
    public void Remove(in StateKey key)
    {
        if (!_keys.IsEmpty)
        {
            _keys.TryRemove(key, out _);
        }
    }
}
