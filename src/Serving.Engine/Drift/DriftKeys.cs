using System.IO.Hashing;
using System.Text;
using Serving.Data;

namespace Serving.Engine.Drift;

/// <summary>
/// Texts as 64-bit keys, 0 never: what counting compares. Two texts of one key in 10^19 are taken for one another.
/// </summary>
internal static class DriftKeys
{
    /// <summary>The key of a text.</summary>
    public static ulong Of(ReadOnlySpan<byte> utf8) => XxHash3.HashToUInt64(utf8) | 1;

    /// <summary>The key of a digest.</summary>
    public static ulong Of(long digest) => (ulong)digest | 1;

    /// <summary>The key of a value as a baseline spells it.</summary>
    public static ulong Of(string value, FieldType type) => type.Kind == ValueKind.Digest
        ? Of(unchecked((long)Convert.ToUInt64(value, 16)))
        : Of(Encoding.UTF8.GetBytes(value));
}
