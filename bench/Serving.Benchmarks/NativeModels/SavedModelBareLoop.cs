using System.Runtime.InteropServices;
using Serving.Data.Tensors;
using Serving.NativeModels.SavedModel;
using Serving.NativeModels.TensorFlow;

namespace Serving.Benchmarks.NativeModels;

/// <summary>
/// The least a caller of TensorFlow's C API does: input tensors made once, a session run, the outputs freed unread.
/// </summary>
internal sealed unsafe class SavedModelBareLoop : IDisposable
{
    private readonly SessionHandle _session;
    private readonly StatusHandle _status = new();
    private readonly RunOptions _options;
    private readonly InputTensors _inputs;
    private readonly NativeOutput* _outputs;
    private readonly nint* _values;
    private readonly int _inputCount;
    private readonly int _outputCount;

    // Tensors lie over the memory of these.
    private readonly TensorBuffer[] _buffers;

    public SavedModelBareLoop(SessionHandle session, BoundSignature signature, SavedModelFile file)
    {
        _session = session;
        _options = new RunOptions(file.MayLoop);
        _options.Limit(TimeSpan.FromSeconds(10));
        _inputs = new InputTensors(signature, isCopied: false);
        _inputCount = signature.Inputs.Length;
        _outputCount = signature.Outputs.Length;
        _buffers = [.. signature.Saved.Signature.Inputs.Select(_ => new TensorBuffer())];
        for (int i = 0; i < _inputCount; i++)
        {
            SavedModelLatency.Fill(signature.Saved.Signature.Inputs[i], _buffers[i]);
            _inputs.Set(i, _buffers[i]);
        }

        _outputs = (NativeOutput*)NativeMemory.AllocZeroed((nuint)_outputCount, (nuint)sizeof(NativeOutput));
        _values = (nint*)NativeMemory.AllocZeroed((nuint)_outputCount, (nuint)sizeof(nint));
        signature.Outputs.AsSpan().CopyTo(new Span<NativeOutput>(_outputs, _outputCount));
    }

    public void Run()
    {
        TensorFlowNative.TF_SessionRun(
            _session.Pointer,
            _options.Buffer,
            _inputs.Places,
            _inputs.Values,
            _inputCount,
            _outputs,
            _values,
            _outputCount,
            null,
            0,
            null,
            _status.Pointer);
        if (TensorFlowNative.TF_GetCode(_status.Pointer) != 0)
        {
            throw new InvalidOperationException(NativeStatus.TextOf(_status.Pointer));
        }

        for (int i = 0; i < _outputCount; i++)
        {
            TensorFlowNative.TF_DeleteTensor(_values[i]);
            _values[i] = 0;
        }
    }

    public void Dispose()
    {
        _inputs.Dispose();
        _options.Dispose();
        _status.Dispose();
        NativeMemory.Free(_outputs);
        NativeMemory.Free(_values);
        GC.KeepAlive(_buffers);
    }
}
