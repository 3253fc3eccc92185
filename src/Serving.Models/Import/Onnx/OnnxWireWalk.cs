using System.Text.Unicode;
using Serving.Data;

namespace Serving.Models.Import.Onnx;

/// <summary>
/// Walks the bytes of an ONNX file before a message is made of them: lengths, depth, text and counts. What passes costs
/// the parser memory in proportion to <see cref="OnnxLimits"/> and can not make it fail half-way.
/// </summary>
internal ref struct OnnxWireWalk
{
    private const int Varint = 0;
    private const int Fixed64 = 1;
    private const int Delimited = 2;
    private const int Fixed32 = 5;

    private readonly ReadOnlySpan<byte> _bytes;
    private int _messages;
    private int _texts;
    private long _numbers;

    private OnnxWireWalk(ReadOnlySpan<byte> bytes) => _bytes = bytes;

    /// <summary>The first problem of the bytes; null where the parser may have them.</summary>
    public static InputProblem? ProblemOf(ReadOnlySpan<byte> bytes)
    {
        var walk = new OnnxWireWalk(bytes);
        return walk.Message(OnnxWire.Model, 0, bytes.Length, 0);
    }

    private InputProblem? Message(OnnxWire message, int at, int end, int depth)
    {
        if (depth > OnnxLimits.MessageDepthMax)
        {
            return Problem(at, "messages within messages", $"at most {OnnxLimits.MessageDepthMax} levels");
        }

        if (++_messages > OnnxLimits.MessagesMax)
        {
            return Problem(at, "more messages", $"at most {OnnxLimits.MessagesMax}");
        }

        while (at < end)
        {
            if (!TryVarint(ref at, end, out ulong key) || key >> 3 is 0 or > 536_870_911)
            {
                return Problem(at, "no field", "the number of a field");
            }

            InputProblem? problem = Field(message, (int)(key >> 3), (int)(key & 7), ref at, end, depth);
            if (problem is not null)
            {
                return problem;
            }
        }

        return null;
    }

    private InputProblem? Field(OnnxWire message, int field, int wireType, ref int at, int end, int depth)
    {
        int begin = at;
        if (wireType == Delimited)
        {
            if (!TryVarint(ref at, end, out ulong length) || length > (ulong)(end - at))
            {
                return Problem(begin, $"a field of {length} bytes", $"at most the {end - at} bytes that are left");
            }

            begin = at;
            at += (int)length;
            return Content(OnnxWireTable.FieldOf(message, field), begin, at, depth);
        }

        _numbers += OnnxWireTable.FieldOf(message, field) == OnnxWire.Other ? 0 : 1;
        bool isWhole = wireType switch
        {
            Varint => TryVarint(ref at, end, out _),
            Fixed64 => TrySkip(ref at, end, 8),
            Fixed32 => TrySkip(ref at, end, 4),
            _ => false,
        };
        return isWhole ? Counts(begin) : Problem(begin, $"a broken field of wire type {wireType}", "a whole one");
    }

    private InputProblem? Content(OnnxWire wire, int begin, int end, int depth)
    {
        switch (wire)
        {
            case OnnxWire.Other:
                return null;
            case OnnxWire.Numbers:
                while (begin < end)
                {
                    _numbers++;
                    if (!TryVarint(ref begin, end, out _))
                    {
                        return Problem(begin, "a broken number", "at most 10 bytes of 7 bits each");
                    }
                }

                return Counts(begin);
            case OnnxWire.Fixed4 or OnnxWire.Fixed8:
                int size = wire == OnnxWire.Fixed4 ? 4 : 8;
                return (end - begin) % size == 0
                    ? null
                    : Problem(begin, $"{end - begin} bytes of numbers", $"a multiple of {size}");
            case OnnxWire.Bytes:
                _texts++;
                return Counts(begin);
            case OnnxWire.Text:
                _texts++;
                return Utf8.IsValid(_bytes[begin..end])
                    ? Counts(begin)
                    : Problem(begin, "a name that is no UTF-8", "UTF-8");
            default:
                return Message(wire, begin, end, depth + 1);
        }
    }

    private readonly InputProblem? Counts(int at) =>
        _texts > OnnxLimits.TextsMax
            ? Problem(at, "more texts", $"at most {OnnxLimits.TextsMax}")
            : _numbers > OnnxLimits.NumbersMax
                ? Problem(at, "more numbers", $"at most {OnnxLimits.NumbersMax} of variable length")
                : null;

    private readonly bool TryVarint(ref int at, int end, out ulong value)
    {
        value = 0;
        for (int shift = 0; shift < 70 && at < end; shift += 7)
        {
            byte part = _bytes[at++];
            value |= shift < 64 ? (ulong)(part & 127) << shift : 0;
            if (part < 128)
            {
                return true;
            }
        }

        return false;
    }

    private static bool TrySkip(ref int at, int end, int length)
    {
        bool isThere = end - at >= length;
        at = isThere ? at + length : end;
        return isThere;
    }

    private static InputProblem Problem(int at, string found, string expected) =>
        new($"byte {at}", found, expected, "the file is cut off or no ONNX model");
}
