using Microsoft.ML.OnnxRuntime;
using Serving.Models.Tensors;

namespace Serving.NativeModels.Onnx;

/// <summary>An ONNX model in ONNX Runtime: one session for all calls. Safe for use by several threads.</summary>
internal sealed class OnnxScorer : ITensorScorer
{
    private readonly TimeProvider _clock;
    private readonly ModelFolderLease? _files;

    // Outputs whose shape depends on values, not on shapes of inputs alone; set once, by any call, never back.
    private readonly bool[] _isVarying;

    /// <summary>Takes over a session and the files that it reads.</summary>
    public OnnxScorer(
        TensorModel model,
        TensorModelOptions options,
        InferenceSession session,
        string runsOn,
        ModelFolderLease? files,
        TimeProvider clock)
    {
        Model = model;
        Options = options;
        Session = session;
        RunsOn = runsOn;
        _files = files;
        _clock = clock;
        _isVarying = new bool[model.Signatures[0].Outputs.Length];
    }

    /// <inheritdoc/>
    public TensorModel Model { get; }

    /// <inheritdoc/>
    public string RunsOn { get; }

    /// <inheritdoc/>
    /// <remarks>Weights twice: as the file has them, and packed for the processor's caches.</remarks>
    public long MemoryBytes => 2 * Model.WeightBytes;

    /// <summary>How it runs.</summary>
    public TensorModelOptions Options { get; }

    /// <summary>The session.</summary>
    public InferenceSession Session { get; }

    /// <inheritdoc/>
    public TensorCall CreateCall(int signature)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(signature, 0);
        return new OnnxCall(this, _clock);
    }

    /// <summary>Whether the shape of an output depends on values.</summary>
    public bool IsVarying(int output) => Volatile.Read(ref _isVarying[output]);

    /// <summary>Notes that it does.</summary>
    public void SetVarying(int output) => Volatile.Write(ref _isVarying[output], true);

    /// <inheritdoc/>
    public void Dispose()
    {
        Session.Dispose();
        _files?.Dispose();
    }
}
