using System.Text.Unicode;

namespace Serving.Server.Grpc.Wire;

/// <summary>A <c>serving.v1.Value</c> as it stands in a request's bytes.</summary>
internal ref struct WireValue
{
    private const uint TagBool = (1 << 3) | 0;
    private const uint TagInt = (2 << 3) | 0;
    private const uint TagFloat = (3 << 3) | 1;
    private const uint TagString = (4 << 3) | 2;
    private const uint TagList = (5 << 3) | 2;

    /// <summary>Tag of <c>ListValue.items</c>.</summary>
    public const uint TagItems = (1 << 3) | 2;

    /// <summary>Which member of the oneof came last.</summary>
    public WireKind Kind { get; private set; }

    /// <summary>A bool (0 or 1), an integer, or the bits of a double.</summary>
    public long Bits { get; private set; }

    /// <summary>UTF-8 bytes of a string, or the message of a list.</summary>
    public ReadOnlySpan<byte> Bytes { get; private set; }

    /// <summary>The number of a float.</summary>
    public readonly double Number => BitConverter.Int64BitsToDouble(Bits);

    /// <summary>
    /// Reads a value; false when its bytes are malformed: also bad UTF-8, and lists nested deeper than protobuf allows.
    /// </summary>
    /// <param name="bytes">The message.</param>
    /// <param name="depth">Messages around it.</param>
    /// <param name="value">What was read; on false undefined.</param>
    /// <param name="skipped">Is increased by the unknown fields that were passed over.</param>
    public static bool TryRead(ReadOnlySpan<byte> bytes, int depth, out WireValue value, ref int skipped)
    {
        value = default;
        if (depth > ProtoReader.DepthMax)
        {
            return false;
        }

        var reader = new ProtoReader(bytes);
        while (reader.NextField(out uint tag))
        {
            switch (tag)
            {
                case TagBool:
                    value.Set(WireKind.Bool, reader.ReadVarint() != 0 ? 1 : 0);
                    break;
                case TagInt:
                    value.Set(WireKind.Int, (long)reader.ReadVarint());
                    break;
                case TagFloat:
                    value.Set(WireKind.Float, (long)reader.ReadFixed64());
                    break;
                case TagString:
                    value.Set(WireKind.String, reader.ReadBytes());
                    break;
                case TagList:
                    value.Set(WireKind.List, reader.ReadBytes());
                    break;
                default:
                    reader.Skip(tag);
                    break;
            }
        }

        skipped += reader.SkippedCount;
        return !reader.IsMalformed && value.HasGoodBytes(depth, ref skipped);
    }

    /// <summary>Whether the items of a list are well formed, to any depth that protobuf allows.</summary>
    private static bool IsGoodList(ReadOnlySpan<byte> bytes, int depth, ref int skipped)
    {
        if (depth > ProtoReader.DepthMax)
        {
            return false;
        }

        var reader = new ProtoReader(bytes);
        while (reader.NextField(out uint tag))
        {
            if (tag != TagItems)
            {
                reader.Skip(tag);
            }
            else if (!TryRead(reader.ReadBytes(), depth + 1, out _, ref skipped))
            {
                return false;
            }
        }

        skipped += reader.SkippedCount;
        return !reader.IsMalformed;
    }

    private readonly bool HasGoodBytes(int depth, ref int skipped) => Kind switch
    {
        WireKind.String => Utf8.IsValid(Bytes),
        WireKind.List => IsGoodList(Bytes, depth + 1, ref skipped),
        _ => true,
    };

    private void Set(WireKind kind, long bits)
    {
        Kind = kind;
        Bits = bits;
        Bytes = default;
    }

    private void Set(WireKind kind, ReadOnlySpan<byte> bytes)
    {
        Kind = kind;
        Bits = 0;
        Bytes = bytes;
    }
}
