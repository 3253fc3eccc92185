using System.Runtime.InteropServices;

// Libraries come from the system or by a full path, never from the folder that a command happens to run in.
[assembly: DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]

namespace Serving.NativeModels.TensorFlow;

/// <summary>
/// The part of TensorFlow's C API that is used. <see cref="TensorFlowLibrary"/> must have loaded the library before the
/// first call. Source: tensorflow/c/c_api.h of TensorFlow 2.15.
/// </summary>
/// <remarks>Calls that return at once suppress the transition of the garbage collector, which costs as much.</remarks>
internal static unsafe partial class TensorFlowNative
{
    /// <summary>The name that the resolver turns into the library that was found.</summary>
    public const string LibraryName = "serving_tensorflow";

    /// <summary>Bytes of a string element in a tensor.</summary>
    public const int TextBytes = 24;

    /// <summary>Version text, owned by the library.</summary>
    [LibraryImport(LibraryName)]
    public static partial byte* TF_Version();

    /// <summary>Makes a status.</summary>
    [LibraryImport(LibraryName)]
    public static partial nint TF_NewStatus();

    /// <summary>Code of a status; 0 is well.</summary>
    [LibraryImport(LibraryName)]
    [SuppressGCTransition]
    public static partial int TF_GetCode(nint status);

    /// <summary>Text of a status, owned by it.</summary>
    [LibraryImport(LibraryName)]
    public static partial byte* TF_Message(nint status);

    /// <summary>Frees a status.</summary>
    [LibraryImport(LibraryName)]
    public static partial void TF_DeleteStatus(nint status);

    /// <summary>Makes options of a session.</summary>
    [LibraryImport(LibraryName)]
    public static partial nint TF_NewSessionOptions();

    /// <summary>Sets a serialized ConfigProto.</summary>
    [LibraryImport(LibraryName)]
    public static partial void TF_SetConfig(
        SessionOptionsHandle options, byte* config, nuint length, StatusHandle status);

    /// <summary>Frees options.</summary>
    [LibraryImport(LibraryName)]
    public static partial void TF_DeleteSessionOptions(nint options);

    /// <summary>Makes an empty graph.</summary>
    [LibraryImport(LibraryName)]
    public static partial nint TF_NewGraph();

    /// <summary>Frees a graph, or marks it to be freed with its last session.</summary>
    [LibraryImport(LibraryName)]
    public static partial void TF_DeleteGraph(nint graph);

    /// <summary>Loads a SavedModel into a graph and makes its session, variables restored and tables filled.</summary>
    [LibraryImport(LibraryName, StringMarshalling = StringMarshalling.Utf8)]
    public static partial nint TF_LoadSessionFromSavedModel(
        SessionOptionsHandle options,
        NativeBuffer* runOptions,
        string folder,
        byte** tags,
        int tagCount,
        GraphHandle graph,
        NativeBuffer* metaGraph,
        StatusHandle status);

    /// <summary>A node of a graph; null where there is none.</summary>
    [LibraryImport(LibraryName, StringMarshalling = StringMarshalling.Utf8)]
    public static partial nint TF_GraphOperationByName(GraphHandle graph, string name);

    /// <summary>Tensors that a node gives.</summary>
    [LibraryImport(LibraryName)]
    public static partial int TF_OperationNumOutputs(nint operation);

    /// <summary>An attribute of a node that is a type.</summary>
    [LibraryImport(LibraryName, StringMarshalling = StringMarshalling.Utf8)]
    public static partial void TF_OperationGetAttrType(nint operation, string name, int* type, StatusHandle status);

    /// <summary>Begins a node.</summary>
    [LibraryImport(LibraryName, StringMarshalling = StringMarshalling.Utf8)]
    public static partial nint TF_NewOperation(GraphHandle graph, string type, string name);

    /// <summary>Adds an input to a node that was begun.</summary>
    [LibraryImport(LibraryName)]
    public static partial void TF_AddInput(nint description, NativeOutput input);

    /// <summary>Sets an attribute of a node that was begun.</summary>
    [LibraryImport(LibraryName, StringMarshalling = StringMarshalling.Utf8)]
    public static partial void TF_SetAttrType(nint description, string name, int type);

    /// <summary>Ends a node; null with a status where it is refused.</summary>
    [LibraryImport(LibraryName)]
    public static partial nint TF_FinishOperation(nint description, StatusHandle status);

    /// <summary>Allocates a tensor; its memory is not cleared.</summary>
    [LibraryImport(LibraryName)]
    public static partial nint TF_AllocateTensor(int type, long* shape, int rank, nuint bytes);

    /// <summary>Makes a tensor over memory of ours, in place where it is aligned to 64 bytes.</summary>
    [LibraryImport(LibraryName)]
    public static partial nint TF_NewTensor(
        int type,
        long* shape,
        int rank,
        void* data,
        nuint bytes,
        delegate* unmanaged<void*, nuint, void*, void> free,
        void* argument);

    /// <summary>Where a tensor's elements are.</summary>
    [LibraryImport(LibraryName)]
    [SuppressGCTransition]
    public static partial byte* TF_TensorData(nint tensor);

    /// <summary>Bytes of its elements.</summary>
    [LibraryImport(LibraryName)]
    [SuppressGCTransition]
    public static partial nuint TF_TensorByteSize(nint tensor);

    /// <summary>Type of its elements.</summary>
    [LibraryImport(LibraryName)]
    [SuppressGCTransition]
    public static partial int TF_TensorType(nint tensor);

    /// <summary>Number of its dimensions.</summary>
    [LibraryImport(LibraryName)]
    [SuppressGCTransition]
    public static partial int TF_NumDims(nint tensor);

    /// <summary>A dimension.</summary>
    [LibraryImport(LibraryName)]
    [SuppressGCTransition]
    public static partial long TF_Dim(nint tensor, int index);

    /// <summary>Frees a tensor.</summary>
    [LibraryImport(LibraryName)]
    public static partial void TF_DeleteTensor(nint tensor);

    /// <summary>Runs part of a graph.</summary>
    [LibraryImport(LibraryName)]
    public static partial void TF_SessionRun(
        nint session,
        NativeBuffer* runOptions,
        NativeOutput* inputs,
        nint* inputValues,
        int inputCount,
        NativeOutput* outputs,
        nint* outputValues,
        int outputCount,
        nint* targets,
        int targetCount,
        NativeBuffer* metadata,
        nint status);

    /// <summary>Closes a session.</summary>
    [LibraryImport(LibraryName)]
    public static partial void TF_CloseSession(nint session, StatusHandle status);

    /// <summary>Frees a session.</summary>
    [LibraryImport(LibraryName)]
    public static partial void TF_DeleteSession(nint session, StatusHandle status);

    /// <summary>Makes a string element empty.</summary>
    [LibraryImport(LibraryName)]
    [SuppressGCTransition]
    public static partial void TF_StringInit(byte* text);

    /// <summary>Copies text into a string element.</summary>
    [LibraryImport(LibraryName)]
    public static partial void TF_StringCopy(byte* text, byte* from, nuint length);

    /// <summary>Bytes of a string element.</summary>
    [LibraryImport(LibraryName)]
    [SuppressGCTransition]
    public static partial nuint TF_StringGetSize(byte* text);

    /// <summary>Where a string element's bytes are.</summary>
    [LibraryImport(LibraryName)]
    [SuppressGCTransition]
    public static partial byte* TF_StringGetDataPointer(byte* text);
}
