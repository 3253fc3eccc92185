using Microsoft.Win32.SafeHandles;

namespace Serving.NativeModels.TensorFlow;

/// <summary>Options of a session, owned.</summary>
internal sealed class SessionOptionsHandle : SafeHandleZeroOrMinusOneIsInvalid
{
    /// <summary>Makes one. REQUIRES: the library is loaded.</summary>
    public SessionOptionsHandle()
        : base(ownsHandle: true) => SetHandle(TensorFlowNative.TF_NewSessionOptions());

    /// <summary>The native pointer, for calls that must not count references each time.</summary>
    public nint Pointer => handle;

    /// <inheritdoc/>
    protected override bool ReleaseHandle()
    {
        TensorFlowNative.TF_DeleteSessionOptions(handle);
        return true;
    }
}
