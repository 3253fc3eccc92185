using System.Globalization;
using System.Text;
using Serving.Data.Tensors;
using Serving.Engine.Pipeline;
using Serving.Server.Grpc.Wire;

namespace Serving.Server.Grpc;

/// <summary>
/// Writes a <c>TensorResponse</c>. A map NAME is two tensors, <c>NAME.keys</c> and <c>NAME.values</c>, a sequence of
/// maps of one size the same with a dimension before them, a sequence of tensors <c>NAME.0</c>, <c>NAME.1</c> ...
/// Stateless; tensors allocate nothing.
/// </summary>
internal static class TensorEncoder
{
    // A message inside a message has a length of at most 28 bits here.
    private const long BytesMax = (1 << 28) - 4096;
    private const int NameMax = 512;

    /// <summary>Bytes that the answer takes at least; over the limit it cannot be sent.</summary>
    public static bool IsSendable(ITensorExchange call)
    {
        long bytes = 0;
        for (int i = 0; i < call.Signature.Outputs.Length; i++)
        {
            bytes += call.IsWanted(i) ? SizeOf(call.Output(i)) : 0;
        }

        return bytes <= BytesMax;
    }

    /// <summary>Name of the first output that only REST can spell: maps of unequal sizes; null without one.</summary>
    public static string? FirstUneven(ITensorExchange call)
    {
        for (int i = 0; i < call.Signature.Outputs.Length; i++)
        {
            if (call.IsWanted(i) && IsUneven(call.Output(i)))
            {
                return call.Signature.Outputs[i].Name;
            }
        }

        return null;
    }

    /// <summary>Writes the answer of a call that has run.</summary>
    public static void Write(ProtoWriter output, ScoringContext context, ITensorExchange call)
    {
        output.WriteBytes(1, context.ModelUtf8);
        output.WriteUInt(2, (ulong)context.Version);
        for (int i = 0; i < call.Signature.Outputs.Length; i++)
        {
            if (call.IsWanted(i))
            {
                WriteValue(output, call.Signature.Outputs[i].Name, call.Output(i));
            }
        }
    }

    private static void WriteValue(ProtoWriter output, string name, TensorValue value)
    {
        switch (value.Kind)
        {
            case TensorKind.Tensor:
                WriteTensor(output, name, value.Tensor);
                break;
            case TensorKind.Map:
                WriteTensor(output, name + ".keys", value.Keys);
                WriteTensor(output, name + ".values", value.Tensor);
                break;
            case TensorKind.MapSequence:
                WriteMaps(output, name, value);
                break;
            default:
                for (int i = 0; i < value.ItemCount; i++)
                {
                    WriteValue(output, string.Create(CultureInfo.InvariantCulture, $"{name}.{i}"), value.Item(i));
                }

                break;
        }
    }

    private static void WriteTensor(ProtoWriter output, string name, TensorBuffer tensor)
    {
        int start = Begin(output, name, tensor.Type, tensor.Shape);
        WriteElements(output, tensor);
        output.EndMessage(start);
    }

    private static void WriteMaps(ProtoWriter output, string name, TensorValue maps)
    {
        int entries = maps.ItemCount == 0 ? 0 : maps.Item(0).Keys.Count;
        for (int part = 0; part < 2; part++)
        {
            bool isKeys = part == 0;
            TensorType type = maps.ItemCount == 0 ? TensorType.Float32 : PartOf(maps.Item(0), isKeys).Type;
            int start = Begin(output, name + (isKeys ? ".keys" : ".values"), type, [maps.ItemCount, entries]);
            if (type != TensorType.Text && (long)maps.ItemCount * entries > 0)
            {
                output.BeginPacked(4, maps.ItemCount * entries * TensorTypes.SizeOf(type));
            }

            for (int i = 0; i < maps.ItemCount; i++)
            {
                TensorBuffer tensor = PartOf(maps.Item(i), isKeys);
                if (type == TensorType.Text)
                {
                    WriteElements(output, tensor);
                }
                else
                {
                    output.WriteBare(tensor.Bytes);
                }
            }

            output.EndMessage(start);
        }
    }

    private static TensorBuffer PartOf(TensorValue map, bool isKeys) => isKeys ? map.Keys : map.Tensor;

    private static int Begin(ProtoWriter output, string name, TensorType type, ReadOnlySpan<long> shape)
    {
        int start = output.BeginMessage(3);
        WriteText(output, 1, name);
        WriteText(output, 2, TensorTypes.NameOf(type));
        int length = 0;
        foreach (long size in shape)
        {
            length += ProtoWriter.VarintSize((ulong)size);
        }

        if (length > 0)
        {
            output.BeginPacked(3, length);
            foreach (long size in shape)
            {
                output.WriteVarint((ulong)size);
            }
        }

        return start;
    }

    private static void WriteElements(ProtoWriter output, TensorBuffer tensor)
    {
        if (tensor.Type != TensorType.Text)
        {
            output.WriteBytes(4, tensor.Bytes);
            return;
        }

        for (int i = 0; i < tensor.TextCount; i++)
        {
            output.WriteBytesAlways(5, tensor.TextAt(i));
        }
    }

    private static void WriteText(ProtoWriter output, int field, string text)
    {
        Span<byte> utf8 = stackalloc byte[NameMax];
        if (Encoding.UTF8.TryGetBytes(text, utf8, out int length))
        {
            output.WriteBytes(field, utf8[..length]);
        }
        else
        {
            output.WriteBytes(field, Encoding.UTF8.GetBytes(text));
        }
    }

    private static long SizeOf(TensorValue value)
    {
        long bytes = SizeOf(value.Tensor);
        bytes += value.Kind == TensorKind.Map ? SizeOf(value.Keys) : 0;
        for (int i = 0; i < value.ItemCount; i++)
        {
            bytes += SizeOf(value.Item(i));
        }

        return bytes;
    }

    private static long SizeOf(TensorBuffer tensor)
    {
        long bytes = tensor.Bytes.Length + 64 + (8L * tensor.Rank);
        for (int i = 0; i < tensor.TextCount; i++)
        {
            bytes += tensor.TextAt(i).Length + 6;
        }

        return bytes;
    }

    private static bool IsUneven(TensorValue value)
    {
        bool isUneven = false;
        for (int i = 1; value.Kind == TensorKind.MapSequence && i < value.ItemCount; i++)
        {
            isUneven |= value.Item(i).Keys.Count != value.Item(0).Keys.Count;
        }

        return isUneven;
    }
}
