using System.Runtime.InteropServices;

namespace Serving.NativeModels.TensorFlow;

/// <summary>TF_Buffer over memory of ours: TensorFlow reads it and frees nothing.</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct NativeBuffer
{
    /// <summary>The bytes.</summary>
    public byte* Data;

    /// <summary>How many.</summary>
    public nuint Length;

    /// <summary>Stays null.</summary>
    public nint Free;
}
