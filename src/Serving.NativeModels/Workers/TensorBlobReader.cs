using System.Buffers.Binary;
using Serving.Data.Tensors;
using Serving.Models.Tensors;

namespace Serving.NativeModels.Workers;

/// <summary>
/// Reads what <see cref="TensorBlobWriter"/> wrote in the other process. That process ran a foreign model: nothing it
/// wrote is believed, and what is wrong is an <see cref="InvalidDataException"/>.
/// </summary>
internal ref struct TensorBlobReader(ReadOnlySpan<byte> bytes)
{
    private const int RankMax = 64;

    private ReadOnlySpan<byte> _left = bytes;

    /// <summary>Fills a call's inputs and marks its wanted outputs.</summary>
    public static void ReadInputs(ReadOnlySpan<byte> bytes, TensorCall call)
    {
        TensorBlobReader reader = new(bytes);
        call.Begin();
        int given = reader.Int32();
        Require(given >= 0 && given <= call.Signature.Inputs.Length);
        for (int i = 0; i < given; i++)
        {
            int index = reader.Int32();
            Require(index >= 0 && index < call.Signature.Inputs.Length);
            reader.Read(call.Input(index));
        }

        for (int i = 0; i < call.Signature.Outputs.Length; i++)
        {
            call.Want(i, reader.Byte() != 0);
        }

        Require(reader._left.IsEmpty);
    }

    /// <summary>Fills the wanted outputs of a call.</summary>
    public static void ReadOutputs(ReadOnlySpan<byte> bytes, TensorCall call)
    {
        TensorBlobReader reader = new(bytes);
        for (int i = 0; i < call.Signature.Outputs.Length; i++)
        {
            if (!call.IsWanted(i))
            {
                continue;
            }

            TensorSpec spec = call.Signature.Outputs[i];
            TensorValue value = call.Output(i);
            TensorKind kind = reader.Kind();
            Require(kind == spec.Kind);
            value.Reset(kind);
            reader.ReadBody(value);
            Require(kind != TensorKind.Tensor || value.Tensor.Type == spec.Type);
        }

        Require(reader._left.IsEmpty);
    }

    private void ReadBody(TensorValue value)
    {
        switch (value.Kind)
        {
            case TensorKind.Tensor:
                Read(value.Tensor);
                return;
            case TensorKind.Map:
                Read(value.Keys);
                Read(value.Tensor);
                return;
            default:
                int count = Int32();
                Require(count >= 0);
                for (int i = 0; i < count; i++)
                {
                    TensorKind kind = Kind();
                    Require(kind is TensorKind.Tensor or TensorKind.Map);
                    ReadBody(value.AddItem(kind));
                }

                return;
        }
    }

    private void Read(TensorBuffer tensor)
    {
        byte type = Byte();
        Require(type is > (byte)TensorType.None and <= (byte)TensorType.Text);
        int rank = Int32();
        Require(rank is >= 0 and <= RankMax);
        Span<long> shape = stackalloc long[rank];
        foreach (ref long size in shape)
        {
            size = Int64();
            Require(size >= 0);
        }

        bool isText = type == (byte)TensorType.Text;
        long count = TensorBuffer.ElementCount(shape);
        long length = isText ? 0 : Int64();
        Require(isText
            ? count <= _left.Length / 4
            : length <= _left.Length && length == count * TensorTypes.SizeOf((TensorType)type));
        tensor.Reset((TensorType)type, shape);
        for (int i = 0; isText && i < count; i++)
        {
            tensor.AddText(Take(Int32()));
        }

        Take((int)length).CopyTo(tensor.Bytes);
    }

    private TensorKind Kind()
    {
        byte kind = Byte();
        Require(kind <= (byte)TensorKind.MapSequence);
        return (TensorKind)kind;
    }

    private byte Byte() => Take(1)[0];

    private int Int32() => BinaryPrimitives.ReadInt32LittleEndian(Take(4));

    private long Int64() => BinaryPrimitives.ReadInt64LittleEndian(Take(8));

    private ReadOnlySpan<byte> Take(int count)
    {
        Require(count >= 0 && count <= _left.Length);
        ReadOnlySpan<byte> taken = _left[..count];
        _left = _left[count..];
        return taken;
    }

    private static void Require(bool holds)
    {
        if (!holds)
        {
            throw new InvalidDataException("the worker's answer is not laid out as tensors");
        }
    }
}
