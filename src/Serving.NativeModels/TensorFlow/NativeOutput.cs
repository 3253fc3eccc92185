using System.Runtime.InteropServices;

namespace Serving.NativeModels.TensorFlow;

/// <summary>TF_Output: a tensor of a graph.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct NativeOutput
{
    /// <summary>The node.</summary>
    public nint Operation;

    /// <summary>Its place among the node's outputs.</summary>
    public int Index;
}
