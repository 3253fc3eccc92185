using System.Buffers.Binary;
using Google.Protobuf.Collections;
using Serving.Data.Tensors;
using Serving.NativeModels.SavedModel.Schema;

namespace Serving.NativeModels.SavedModel;

/// <summary>Fills a tensor from the file's form of it. Source: tensorflow/core/framework/tensor.cc.</summary>
internal static class ConstantTensor
{
    /// <summary>Elements of a tensor that is read; a default of more would be an attack.</summary>
    public const int ElementsMax = 1 << 24;

    /// <summary>Fills a tensor. REQUIRES: <see cref="ConstantCheck.ProblemOf"/> finds nothing.</summary>
    public static void Read(TensorProto from, TensorBuffer to)
    {
        TensorType type = ElementTypes.TypeOf(from.Dtype);
        long[] shape = [.. from.TensorShape?.Dim.Select(dim => dim.Size) ?? []];
        to.Reset(type, shape);
        if (type == TensorType.Text)
        {
            Texts(from, to);
        }
        else if (!from.TensorContent.IsEmpty)
        {
            from.TensorContent.Span.CopyTo(to.Bytes);
        }
        else
        {
            Values(from, type, to);
        }
    }

    // A packed list of strings is rare as a default: read by its text.
    private static void Texts(TensorProto from, TensorBuffer to)
    {
        if (!from.TensorContent.IsEmpty)
        {
            foreach (string text in ConstantTexts.Of(from, to.Count) ?? [])
            {
                to.AddText(System.Text.Encoding.UTF8.GetBytes(text));
            }
        }

        int given = from.StringVal.Count;
        while (to.TextCount < to.Count)
        {
            to.AddText(given == 0 ? [] : from.StringVal[Math.Min(to.TextCount, given - 1)].Span);
        }
    }

    private static void Values(TensorProto from, TensorType type, TensorBuffer to)
    {
        switch (type)
        {
            case TensorType.Float16:
                Fill(from.HalfVal, to.Values<ushort>(), static value => (ushort)value);
                break;
            case TensorType.Float32:
                Fill(from.FloatVal, to.Values<float>(), static value => value);
                break;
            case TensorType.Float64:
                Fill(from.DoubleVal, to.Values<double>(), static value => value);
                break;
            case TensorType.Int64:
                Fill(from.Int64Val, to.Values<long>(), static value => value);
                break;
            case TensorType.UInt32:
                Fill(from.Uint32Val, to.Values<uint>(), static value => value);
                break;
            case TensorType.UInt64:
                Fill(from.Uint64Val, to.Values<ulong>(), static value => value);
                break;
            case TensorType.Bool:
                Fill(from.BoolVal, to.Bytes, static value => value ? (byte)1 : (byte)0);
                break;
            default:
                Integers(from.IntVal, TensorTypes.SizeOf(type), to.Bytes);
                break;
        }
    }

    private static void Fill<TFrom, TTo>(RepeatedField<TFrom> from, Span<TTo> to, Func<TFrom, TTo> convert)
        where TTo : unmanaged
    {
        for (int i = 0; i < to.Length; i++)
        {
            to[i] = from.Count == 0 ? default : convert(from[Math.Min(i, from.Count - 1)]);
        }
    }

    // Types of 32 bits and less share one field of 32-bit numbers.
    private static void Integers(RepeatedField<int> from, int size, Span<byte> to)
    {
        Span<byte> value = stackalloc byte[sizeof(int)];
        for (int i = 0; i < to.Length / size; i++)
        {
            BinaryPrimitives.WriteInt32LittleEndian(value, from.Count == 0 ? 0 : from[Math.Min(i, from.Count - 1)]);
            value[..size].CopyTo(to[(i * size)..]);
        }
    }
}
