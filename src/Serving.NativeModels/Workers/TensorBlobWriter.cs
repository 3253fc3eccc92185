using System.Buffers.Binary;
using Serving.Data.Tensors;
using Serving.Models.Tensors;

namespace Serving.NativeModels.Workers;

/// <summary>
/// Lays the tensors of a call out as bytes for the other process: little-endian, each tensor as type (1), rank (4),
/// dimensions (8 each), then length (8) and elements, or for texts each length (4) and bytes. Stateless.
/// </summary>
internal static class TensorBlobWriter
{
    /// <summary>Bytes that the given inputs and the wanted outputs' marks take.</summary>
    public static long MeasureInputs(TensorCall call)
    {
        long size = 4;
        for (int i = 0; i < call.Signature.Inputs.Length; i++)
        {
            size += call.IsGiven(i) ? 4 + Measure(call.Input(i)) : 0;
        }

        return size + call.Signature.Outputs.Length;
    }

    /// <summary>Writes given inputs, each behind its index, and a byte for each output: whether it is wanted.</summary>
    public static int WriteInputs(TensorCall call, Span<byte> target)
    {
        int given = 0;
        int at = 4;
        for (int i = 0; i < call.Signature.Inputs.Length; i++)
        {
            if (call.IsGiven(i))
            {
                given++;
                BinaryPrimitives.WriteInt32LittleEndian(target[at..], i);
                at += 4;
                at += Write(call.Input(i), target[at..]);
            }
        }

        BinaryPrimitives.WriteInt32LittleEndian(target, given);
        for (int i = 0; i < call.Signature.Outputs.Length; i++)
        {
            target[at++] = (byte)(call.IsWanted(i) ? 1 : 0);
        }

        return at;
    }

    /// <summary>Bytes that the wanted outputs take.</summary>
    public static long MeasureOutputs(TensorCall call)
    {
        long size = 0;
        for (int i = 0; i < call.Signature.Outputs.Length; i++)
        {
            size += call.IsWanted(i) ? Measure(call.Output(i)) : 0;
        }

        return size;
    }

    /// <summary>Writes the wanted outputs in their order.</summary>
    public static int WriteOutputs(TensorCall call, Span<byte> target)
    {
        int at = 0;
        for (int i = 0; i < call.Signature.Outputs.Length; i++)
        {
            at += call.IsWanted(i) ? Write(call.Output(i), target[at..]) : 0;
        }

        return at;
    }

    private static long Measure(TensorValue value)
    {
        if (value.Kind is TensorKind.Tensor)
        {
            return 1 + Measure(value.Tensor);
        }

        if (value.Kind is TensorKind.Map)
        {
            return 1 + Measure(value.Keys) + Measure(value.Tensor);
        }

        long size = 5;
        for (int i = 0; i < value.ItemCount; i++)
        {
            size += Measure(value.Item(i));
        }

        return size;
    }

    private static int Write(TensorValue value, Span<byte> target)
    {
        target[0] = (byte)value.Kind;
        int at = 1;
        if (value.Kind is TensorKind.Tensor or TensorKind.Map)
        {
            at += value.Kind is TensorKind.Map ? Write(value.Keys, target[at..]) : 0;
            return at + Write(value.Tensor, target[at..]);
        }

        BinaryPrimitives.WriteInt32LittleEndian(target[at..], value.ItemCount);
        at += 4;
        for (int i = 0; i < value.ItemCount; i++)
        {
            at += Write(value.Item(i), target[at..]);
        }

        return at;
    }

    private static long Measure(TensorBuffer tensor)
    {
        long size = 5 + (8L * tensor.Rank);
        if (tensor.Type != TensorType.Text)
        {
            return size + 8 + tensor.Bytes.Length;
        }

        for (int i = 0; i < tensor.TextCount; i++)
        {
            size += 4 + tensor.TextAt(i).Length;
        }

        return size;
    }

    private static int Write(TensorBuffer tensor, Span<byte> target)
    {
        target[0] = (byte)tensor.Type;
        BinaryPrimitives.WriteInt32LittleEndian(target[1..], tensor.Rank);
        int at = 5;
        foreach (long size in tensor.Shape)
        {
            BinaryPrimitives.WriteInt64LittleEndian(target[at..], size);
            at += 8;
        }

        if (tensor.Type != TensorType.Text)
        {
            BinaryPrimitives.WriteInt64LittleEndian(target[at..], tensor.Bytes.Length);
            tensor.Bytes.CopyTo(target[(at + 8)..]);
            return at + 8 + tensor.Bytes.Length;
        }

        for (int i = 0; i < tensor.TextCount; i++)
        {
            ReadOnlySpan<byte> text = tensor.TextAt(i);
            BinaryPrimitives.WriteInt32LittleEndian(target[at..], text.Length);
            text.CopyTo(target[(at + 4)..]);
            at += 4 + text.Length;
        }

        return at;
    }
}
