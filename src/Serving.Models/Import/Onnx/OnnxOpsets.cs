using Google.Protobuf;
using Serving.Models.Import.Onnx.Wire;

namespace Serving.Models.Import.Onnx;

/// <summary>Versions of operators as the runtime knows them.</summary>
internal static class OnnxOpsets
{
    private const int ImportField = 8;

    /// <summary>
    /// The bytes of a checked file in which no version is above those of the runtime: the same memory where none was.
    /// Weights are neither read nor copied for that.
    /// </summary>
    public static ReadOnlyMemory<byte> ForRuntime(ReadOnlyMemory<byte> bytes)
    {
        ReadOnlySpan<byte> span = bytes.Span;
        var lowered = new List<(int At, int End, byte[] Import)>();
        for (int at = 0; at < span.Length;)
        {
            int begin = at;
            ulong key = Varint(span, ref at);
            int content = at;
            int end = (key & 7) switch
            {
                0 => EndOfVarint(span, at),
                1 => at + 8,
                2 => (int)Varint(span, ref content) + content,
                _ => at + 4,
            };
            if (key >> 3 == ImportField && Lower(span[content..end]) is { } import)
            {
                lowered.Add((begin, end, import));
            }

            at = end;
        }

        return lowered.Count == 0 ? bytes : Replace(span, lowered);
    }

    private static byte[]? Lower(ReadOnlySpan<byte> content)
    {
        OperatorSetIdProto import = OperatorSetIdProto.Parser.ParseFrom(content);
        int most = OnnxOperators.VersionMax(OnnxOperators.DomainOf(import.Domain));
        if (most == 0 || import.Version <= most)
        {
            return null;
        }

        import.Version = most;
        return new ModelProto { OpsetImport = { import } }.ToByteArray();
    }

    private static byte[] Replace(ReadOnlySpan<byte> bytes, List<(int At, int End, byte[] Import)> lowered)
    {
        var result = new MemoryStream(bytes.Length);
        int from = 0;
        foreach ((int at, int end, byte[] import) in lowered)
        {
            result.Write(bytes[from..at]);
            result.Write(import);
            from = end;
        }

        result.Write(bytes[from..]);
        return result.ToArray();
    }

    private static int EndOfVarint(ReadOnlySpan<byte> bytes, int at)
    {
        Varint(bytes, ref at);
        return at;
    }

    private static ulong Varint(ReadOnlySpan<byte> bytes, ref int at)
    {
        ulong value = 0;
        int shift = 0;
        byte part;
        do
        {
            part = bytes[at++];
            value |= shift < 64 ? (ulong)(part & 127) << shift : 0;
            shift += 7;
        }
        while (part > 127);

        return value;
    }
}
