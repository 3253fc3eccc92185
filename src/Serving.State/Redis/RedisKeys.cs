using System.Buffers.Binary;
using System.Text;
using StackExchange.Redis;

namespace Serving.State.Redis;

/// <summary>
/// Keys in Redis: the prefix, then 4 bytes of the set and 8 of the digest, big-endian, so that keys of a set sort
/// together. In a cluster the key itself decides its slot. Immutable.
/// </summary>
internal sealed class RedisKeys(string prefix)
{
    private const int StateKeySize = 12;

    private readonly byte[] _prefix = Encoding.UTF8.GetBytes(prefix);
    private readonly byte[] _quarantine = Encoding.UTF8.GetBytes("q:" + prefix);

    /// <summary>The pattern of SCAN that finds every key of ours.</summary>
    public RedisValue Pattern { get; } = Escape(prefix) + "*";

    /// <summary>The key of a blob.</summary>
    public byte[] Of(in StateKey key) => Write(_prefix, key);

    /// <summary>Where the copy of a damaged blob is put.</summary>
    public byte[] QuarantineOf(in StateKey key) => Write(_quarantine, key);

    /// <summary>A mark of a set: several for one set, so that every node of a cluster holds some.</summary>
    public byte[] BirthOf(uint set, int mark) => Encoding.UTF8.GetBytes($"{prefix}{set:x8}:born:{mark}");

    /// <summary>Where it stands when a log's history begins.</summary>
    public byte[] HistoryOf(ulong log) => Encoding.UTF8.GetBytes($"{prefix}history:{log:x16}");

    /// <summary>A key that holds nothing: reading it tells whether its slot's owner answers.</summary>
    public byte[] Probe(int number) => Encoding.UTF8.GetBytes($"{prefix}alive:{number}");

    /// <summary>The set and the digest that a key of Redis names; false for keys that are no blob's.</summary>
    public bool TryRead(ReadOnlySpan<byte> key, out uint set, out ulong digest)
    {
        bool fits = key.Length == _prefix.Length + StateKeySize && key.StartsWith(_prefix);
        ReadOnlySpan<byte> tail = fits ? key[_prefix.Length..] : stackalloc byte[StateKeySize];
        set = BinaryPrimitives.ReadUInt32BigEndian(tail);
        digest = BinaryPrimitives.ReadUInt64BigEndian(tail[4..]);
        return fits;
    }

    private static byte[] Write(byte[] prefix, in StateKey key)
    {
        byte[] bytes = new byte[prefix.Length + StateKeySize];
        prefix.CopyTo(bytes, 0);
        BinaryPrimitives.WriteUInt32BigEndian(bytes.AsSpan(prefix.Length), key.Set);
        BinaryPrimitives.WriteUInt64BigEndian(bytes.AsSpan(prefix.Length + 4), key.Digest);
        return bytes;
    }

    private static string Escape(string text) =>
        string.Concat(text.Select(letter => letter is '*' or '?' or '[' or ']' or '\\' ? $"\\{letter}" : $"{letter}"));
}
