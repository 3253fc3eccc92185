using Microsoft.Win32.SafeHandles;

namespace Serving.NativeModels.TensorFlow;

/// <summary>A graph, owned.</summary>
internal sealed class GraphHandle : SafeHandleZeroOrMinusOneIsInvalid
{
    /// <summary>Makes one. REQUIRES: the library is loaded.</summary>
    public GraphHandle()
        : base(ownsHandle: true) => SetHandle(TensorFlowNative.TF_NewGraph());

    /// <summary>The native pointer, for calls that must not count references each time.</summary>
    public nint Pointer => handle;

    /// <inheritdoc/>
    protected override bool ReleaseHandle()
    {
        TensorFlowNative.TF_DeleteGraph(handle);
        return true;
    }
}
