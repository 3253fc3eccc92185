using System.Runtime.InteropServices;
using Serving.Data;
using Serving.Models.Tensors;
using Serving.NativeModels.SavedModel;

namespace Serving.NativeModels.TensorFlow;

/// <summary>Opens the session of a checked SavedModel.</summary>
internal static unsafe class SessionLoader
{
    /// <summary>Loads a folder.</summary>
    /// <exception cref="InputException">TensorFlow refuses it.</exception>
    public static SessionHandle Load(string folder, SavedModelFile file, TensorModelOptions options)
    {
        SessionHandle? session = new();
        try
        {
            session.Open(Load(session.Graph, folder, file, options));
            SessionHandle opened = session;
            session = null;
            return opened;
        }
        finally
        {
            session?.Dispose();
        }
    }

    private static nint Load(GraphHandle graph, string folder, SavedModelFile file, TensorModelOptions options)
    {
        using var status = new StatusHandle();
        using var session = new SessionOptionsHandle();
        Configure(session, file, options, status);
        nint[] tags = [.. file.Model.Tags.Select(Marshal.StringToCoTaskMemUTF8)];
        try
        {
            nint loaded;
            fixed (nint* first = tags)
            {
                loaded = TensorFlowNative.TF_LoadSessionFromSavedModel(
                    session, null, folder, (byte**)first, tags.Length, graph, null, status);
            }

            return loaded != 0
                ? loaded
                : throw new InputException(new InputProblem(
                    SavedModelFile.MainName,
                    $"a model that TensorFlow refuses: {NativeStatus.TextOf(status.Pointer)}",
                    $"one that {SavedModelScorer.Version} loads"));
        }
        finally
        {
            Array.ForEach(tags, Marshal.FreeCoTaskMem);
        }
    }

    // ConfigProto: intra_op_parallelism_threads = 2, inter_op_parallelism_threads = 5, use_per_session_threads = 9. A
    // model that may loop runs in a pool of its own, so that others do not wait for it.
    private static void Configure(
        SessionOptionsHandle session, SavedModelFile file, TensorModelOptions options, StatusHandle status)
    {
        int between = file.MayLoop ? Math.Clamp(Environment.ProcessorCount, 2, 64) : 1;
        ReadOnlySpan<byte> config =
        [
            2 << 3, (byte)Math.Clamp(options.Threads, 1, 127),
            5 << 3, (byte)between,
            9 << 3, file.MayLoop ? (byte)1 : (byte)0,
        ];
        fixed (byte* bytes = config)
        {
            TensorFlowNative.TF_SetConfig(session, bytes, (nuint)config.Length, status);
        }
    }
}
