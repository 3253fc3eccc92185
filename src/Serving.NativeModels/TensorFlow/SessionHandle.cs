using Microsoft.Win32.SafeHandles;

namespace Serving.NativeModels.TensorFlow;

/// <summary>A session with the graph that it runs, both owned: closed, freed and then the graph freed.</summary>
internal sealed class SessionHandle : SafeHandleZeroOrMinusOneIsInvalid
{
    /// <summary>Makes an empty graph without a session yet. REQUIRES: the library is loaded.</summary>
    public SessionHandle()
        : base(ownsHandle: true)
    {
    }

    /// <summary>The graph that it runs.</summary>
    public GraphHandle Graph { get; } = new();

    /// <summary>The native pointer; valid while a reference is counted.</summary>
    public nint Pointer => handle;

    /// <summary>Takes over a session of the graph.</summary>
    public void Open(nint session) => SetHandle(session);

    /// <inheritdoc/>
    protected override bool ReleaseHandle()
    {
        using (var status = new StatusHandle())
        {
            TensorFlowNative.TF_CloseSession(handle, status);
            TensorFlowNative.TF_DeleteSession(handle, status);
        }

        Graph.Dispose();
        return true;
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        // Nothing releases a handle that was never set.
        if (disposing && IsInvalid)
        {
            Graph.Dispose();
        }

        base.Dispose(disposing);
    }
}
