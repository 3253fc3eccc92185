using System.Runtime.InteropServices;
using Serving.Data.Tensors;
using Serving.NativeModels.SavedModel;
using Serving.NativeModels.SavedModel.Schema;

namespace Serving.NativeModels.TensorFlow;

/// <summary>
/// TensorFlow's tensors of a call's inputs. A tensor of numbers lies over our pinned memory and is kept while address
/// and shape stay; strings are made anew for each run, and so are all inputs of a model that keeps what it is given.
/// </summary>
internal sealed unsafe class InputTensors : IDisposable
{
    private readonly BoundSignature _signature;
    private readonly bool _isCopied;
    private readonly Kept[] _kept;
    private readonly TensorBuffer?[] _defaults;
    private readonly int[] _types;

    /// <summary>Makes the places of a signature's inputs.</summary>
    /// <param name="signature">The signature.</param>
    /// <param name="isCopied">Whether the model may keep a tensor beyond its run: a variable takes over the memory of
    /// what is assigned to it, which the next call would write over.</param>
    public InputTensors(BoundSignature signature, bool isCopied)
    {
        _signature = signature;
        _isCopied = isCopied;
        int count = signature.Inputs.Length;
        _kept = new Kept[count];
        _defaults = new TensorBuffer?[count];
        _types = [.. signature.Saved.Signature.Inputs.Select(spec => (int)ElementTypes.DataTypeOf(spec.Type))];
        Places = (NativeOutput*)NativeMemory.AllocZeroed((nuint)count, (nuint)sizeof(NativeOutput));
        Values = (nint*)NativeMemory.AllocZeroed((nuint)count, (nuint)sizeof(nint));
        for (int i = 0; i < count; i++)
        {
            Places[i] = signature.Inputs[i];
            _kept[i] = new Kept { Shape = [] };
        }
    }

    /// <summary>Which tensors of the graph are fed.</summary>
    public NativeOutput* Places { get; }

    /// <summary>With what.</summary>
    public nint* Values { get; }

    /// <summary>Sets an input of the next run.</summary>
    /// <param name="index">Which.</param>
    /// <param name="tensor">Its value, or null for the signature's default.</param>
    public void Set(int index, TensorBuffer? tensor)
    {
        TensorBuffer value = tensor ?? Default(index);
        if (value.Type == TensorType.Text || _isCopied)
        {
            Values[index] = Copy(index, value);
            return;
        }

        ref Kept kept = ref _kept[index];
        nint address = value.Address;
        if (kept.Tensor == 0 || kept.Address != address || !value.Shape.SequenceEqual(kept.Shape))
        {
            Drop(ref kept);
            kept.Tensor = Over(index, value, address);
            kept.Address = address;
            kept.Shape = value.Shape.Length == kept.Shape.Length ? kept.Shape : new long[value.Shape.Length];
            value.Shape.CopyTo(kept.Shape);
        }

        Values[index] = kept.Tensor;
    }

    /// <summary>Frees what was made for one run alone.</summary>
    public void Release()
    {
        for (int i = 0; i < _kept.Length; i++)
        {
            if (Values[i] != 0 && Values[i] != _kept[i].Tensor)
            {
                TensorFlowNative.TF_DeleteTensor(Values[i]);
            }

            Values[i] = 0;
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Release();
        for (int i = 0; i < _kept.Length; i++)
        {
            Drop(ref _kept[i]);
        }

        NativeMemory.Free(Places);
        NativeMemory.Free(Values);
    }

    private nint Copy(int index, TensorBuffer value)
    {
        fixed (long* shape = value.Shape)
        {
            if (value.Type == TensorType.Text)
            {
                return NativeText.Create(value, _types[index], shape);
            }

            nint tensor = TensorFlowNative.TF_AllocateTensor(
                _types[index], shape, value.Rank, (nuint)value.Bytes.Length);
            value.Bytes.CopyTo(new Span<byte>(TensorFlowNative.TF_TensorData(tensor), value.Bytes.Length));
            return tensor;
        }
    }

    private nint Over(int index, TensorBuffer value, nint address)
    {
        fixed (long* shape = value.Shape)
        {
            return TensorFlowNative.TF_NewTensor(
                _types[index], shape, value.Rank, (void*)address, (nuint)value.Bytes.Length, &KeepMemory, null);
        }
    }

    private TensorBuffer Default(int index)
    {
        if (_defaults[index] is { } known)
        {
            return known;
        }

        TensorProto from = _signature.Saved.Defaults[index]!;
        var tensor = new TensorBuffer();
        ConstantTensor.Read(from, tensor);
        return _defaults[index] = tensor;
    }

    private static void Drop(ref Kept kept)
    {
        if (kept.Tensor != 0)
        {
            TensorFlowNative.TF_DeleteTensor(kept.Tensor);
            kept.Tensor = 0;
        }
    }

    // The memory is the buffer's.
    [UnmanagedCallersOnly]
    private static void KeepMemory(void* data, nuint bytes, void* argument)
    {
    }

    private struct Kept
    {
        public nint Tensor;
        public nint Address;
        public long[] Shape;
    }
}
