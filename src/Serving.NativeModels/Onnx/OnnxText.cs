using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Microsoft.ML.OnnxRuntime;
using Serving.Data.Tensors;

namespace Serving.NativeModels.Onnx;

/// <summary>
/// Text tensors of the runtime, both ways. The managed library makes an object of each text that it reads; the C
/// interface below it copies all of them at once. Not safe for use by several threads.
/// </summary>
internal sealed unsafe class OnnxText
{
    // Places of two functions in the table of the C interface, which only ever grows at its end.
    private const int GetStringTensorDataLength = 53;
    private const int GetStringTensorContent = 54;
    private const uint TableVersion = 16;

    private static readonly nint* Table = GetTable();

    private byte[] _bytes = [];
    private nuint[] _offsets = [];

    /// <summary>Fills a value of as many texts.</summary>
    public static void Fill(OrtValue value, TensorBuffer tensor)
    {
        for (int i = 0; i < tensor.Count; i++)
        {
            value.StringTensorSetElementAt(tensor.TextAt(i), i);
        }
    }

    /// <summary>Adds the texts of a value to a tensor that was begun with as many.</summary>
    public void Read(OrtValue value, TensorBuffer tensor)
    {
        int count = tensor.Count;
        if (count == 0)
        {
            return;
        }

        nint handle = HandleOf(value);
        nuint length;
        Check(((delegate* unmanaged<nint, nuint*, nint>)Table[GetStringTensorDataLength])(handle, &length));
        int size = checked((int)length);
        _bytes = _bytes.Length < size ? new byte[size] : _bytes;
        _offsets = _offsets.Length < count ? new nuint[count] : _offsets;
        fixed (byte* bytes = _bytes)
        {
            fixed (nuint* offsets = _offsets)
            {
                byte none;
                Check(((delegate* unmanaged<nint, byte*, nuint, nuint*, nuint, nint>)Table[GetStringTensorContent])(
                    handle, size == 0 ? &none : bytes, length, offsets, (nuint)count));
            }
        }

        for (int i = 0; i < count; i++)
        {
            int begin = (int)_offsets[i];
            int end = i + 1 < count ? (int)_offsets[i + 1] : size;
            tensor.AddText(_bytes.AsSpan(begin, end - begin));
        }

        GC.KeepAlive(value);
    }

    private static void Check(nint status)
    {
        // It fails for values that are no text tensors only; the status is left to the runtime.
        if (status != 0)
        {
            throw new InvalidOperationException("the runtime does not give the texts of a tensor");
        }
    }

    private static nint* GetTable()
    {
        nint* origin = OrtGetApiBase();
        return ((delegate* unmanaged<uint, nint*>)origin[0])(TableVersion);
    }

    [UnsafeAccessor(UnsafeAccessorKind.Method, Name = "get_Handle")]
    private static extern nint HandleOf(OrtValue value);

    [DllImport("onnxruntime", ExactSpelling = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern nint* OrtGetApiBase();
}
