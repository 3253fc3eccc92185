using Microsoft.Win32.SafeHandles;

namespace Serving.NativeModels.TensorFlow;

/// <summary>The outcome of a call, owned.</summary>
internal sealed class StatusHandle : SafeHandleZeroOrMinusOneIsInvalid
{
    /// <summary>Makes one. REQUIRES: the library is loaded.</summary>
    public StatusHandle()
        : base(ownsHandle: true) => SetHandle(TensorFlowNative.TF_NewStatus());

    /// <summary>The native pointer, for calls that must not count references each time.</summary>
    public nint Pointer => handle;

    /// <inheritdoc/>
    protected override bool ReleaseHandle()
    {
        TensorFlowNative.TF_DeleteStatus(handle);
        return true;
    }
}
