using System.Collections.Immutable;
using System.Runtime.InteropServices;
using Serving.Data;
using Serving.Models.Tensors;
using Serving.NativeModels.SavedModel;

namespace Serving.NativeModels.TensorFlow;

/// <summary>A SavedModel in a session of TensorFlow.</summary>
internal sealed class SavedModelScorer : ITensorScorer
{
    private readonly SessionHandle _session;
    private readonly SavedModelFile _file;
    private readonly ImmutableArray<BoundSignature> _signatures;
    private readonly TimeSpan _callTime;

    private SavedModelScorer(
        SessionHandle session, SavedModelFile file, ImmutableArray<BoundSignature> signatures, TimeSpan callTime)
    {
        _session = session;
        _file = file;
        _signatures = signatures;
        _callTime = callTime;
    }

    /// <summary>The library's name and version. REQUIRES: it is loaded.</summary>
    public static unsafe string Version =>
        $"tensorflow {Marshal.PtrToStringUTF8((nint)TensorFlowNative.TF_Version()) ?? "?"}";

    /// <inheritdoc/>
    public TensorModel Model => _file.Model;

    /// <inheritdoc/>
    public string RunsOn => $"{Version}, CPU";

    /// <inheritdoc/>
    /// <remarks>Weights and constants; what TensorFlow holds beside them is not known.</remarks>
    public long MemoryBytes => Model.WeightBytes;

    /// <summary>Loads a checked model.</summary>
    /// <exception cref="InputException">TensorFlow refuses it, or a signature names a tensor that the loaded graph
    /// lacks.</exception>
    public static SavedModelScorer Load(string folder, SavedModelFile file, TensorModelOptions options)
    {
        SessionHandle? session = SessionLoader.Load(folder, file, options);
        try
        {
            VariableCopies.Fill(session, file.Copies);
            var scorer = new SavedModelScorer(
                session,
                file,
                [.. file.Signatures.Select(signature => BoundSignature.Bind(session.Graph, signature))],
                options.CallTime);
            session = null;
            return scorer;
        }
        finally
        {
            session?.Dispose();
        }
    }

    /// <inheritdoc/>
    public TensorCall CreateCall(int signature) =>
        new SavedModelCall(_session, _signatures[signature], _file, _callTime);

    /// <inheritdoc/>
    public void Dispose() => _session.Dispose();
}
