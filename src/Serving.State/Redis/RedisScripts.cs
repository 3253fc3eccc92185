using System.Buffers.Binary;
using System.Security.Cryptography;
using StackExchange.Redis;

namespace Serving.State.Redis;

/// <summary>
/// The scripts that replace a blob as one step. The library loads them once for each server, calls them by their hash
/// and loads them again where a server has forgotten them.
/// </summary>
internal static class RedisScripts
{
    // Keeps what was appended meanwhile, and the time to live. The hash of the bytes that were folded tells a blob from
    // another one that took its place with the same epoch (expired and new, restored): exact, a few microseconds.
    private const string CompactScript = """
        if redis.call('GETRANGE', KEYS[1], 4, 7) ~= ARGV[1] then return -1 end
        local old = tonumber(ARGV[2])
        if redis.call('STRLEN', KEYS[1]) < old then return -1 end
        if redis.sha1hex(redis.call('GETRANGE', KEYS[1], 0, old - 1)) ~= ARGV[3] then return -1 end
        local tail = redis.call('GETRANGE', KEYS[1], old, -1)
        redis.call('SET', KEYS[1], ARGV[4] .. tail, 'KEEPTTL')
        return #ARGV[4] + #tail
        """;

    private const string PrependScript = """
        local blob = ARGV[1]
        local had = redis.call('GETRANGE', KEYS[1], 0, tonumber(ARGV[3]))
        if #had > tonumber(ARGV[3]) then return -3 end
        if #had == 0 then
          had = blob
        elseif string.sub(had, 1, #blob) == blob then
          return 0
        elseif #had < 24 or string.sub(had, 1, 4) ~= string.sub(blob, 1, 4)
            or string.sub(had, 9, 24) ~= string.sub(blob, 9, 24) then
          return -1
        elseif string.sub(had, 5, 8) ~= '\0\0\0\0' then
          return -2
        else
          had = blob .. string.sub(had, 25)
        end
        redis.call('SET', KEYS[1], had)
        if tonumber(ARGV[2]) > 0 then redis.call('PEXPIRE', KEYS[1], ARGV[2]) end
        return 1
        """;

    // Removes a blob only where it is still damaged: others may have removed it before, and a good one stands there. A
    // header that a later version may have written stays.
    private const string DiscardScript = """
        if redis.call('TYPE', KEYS[1]).ok == 'string' then
          local head = redis.call('GETRANGE', KEYS[1], 0, 23)
          local version = string.byte(head, 1) or 0
          if version > 1 and version <= 16 and string.sub(head, 2, 4) == '\0\0\0' then return 0 end
          if redis.call('STRLEN', KEYS[1]) <= tonumber(ARGV[2]) and #head == 24
              and version == 1 and string.sub(head, 9, 24) == string.sub(ARGV[1], 9, 24) then
            return 0
          end
        end
        return redis.call('DEL', KEYS[1])
        """;

    /// <summary>
    /// Replaces the folded part of a blob: the length behind it, or -1 where the blob is another one by now.
    /// </summary>
    public static async Task<long> CompactAsync(
        IDatabase database, RedisKey key, ReadOnlyMemory<byte> folded, ReadOnlyMemory<byte> replacement)
    {
        RedisValue epoch = folded.Slice(4, 4);
        RedisValue hash = HashOf(folded.Span);
        RedisResult result = await database.ScriptEvaluateAsync(
            CompactScript, [key], [epoch, folded.Length, hash, replacement], CommandFlags.DemandMaster);
        return (long)result;
    }

    /// <summary>
    /// Puts a blob in front of a key's records: 1 done, 0 it stood there, -1 another log's, -2 compacted, -3 too long.
    /// </summary>
    public static async Task<long> PrependAsync(
        IDatabase database, RedisKey key, ReadOnlyMemory<byte> blob, long lifetimeMs)
    {
        RedisResult result = await database.ScriptEvaluateAsync(
            PrependScript, [key], [blob, lifetimeMs, BlobHeader.BlobBytesMax], CommandFlags.DemandMaster);
        return (long)result;
    }

    /// <summary>Removes a damaged blob of a key; false where none stands there any more.</summary>
    public static async Task<bool> DiscardAsync(IDatabase database, RedisKey key, ulong schema, ulong check)
    {
        byte[] header = new byte[BlobHeader.Size];
        BlobHeader.Write(header, 0, schema, check);
        RedisResult result = await database.ScriptEvaluateAsync(
            DiscardScript, [key], [header, BlobHeader.BlobBytesMax], CommandFlags.DemandMaster);
        return (long)result > 0;
    }

    /// <summary>The epoch behind the next compaction of a blob.</summary>
    public static uint NextEpoch(ReadOnlySpan<byte> blob) => BinaryPrimitives.ReadUInt32LittleEndian(blob[4..]) + 1;

#pragma warning disable CA5350 // SHA-1 is what Redis's scripts have; it guards against chance, not against people.
    private static string HashOf(ReadOnlySpan<byte> bytes) => Convert.ToHexStringLower(SHA1.HashData(bytes));
#pragma warning restore CA5350
}
