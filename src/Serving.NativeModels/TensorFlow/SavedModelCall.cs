using System.Runtime.InteropServices;
using Serving.Data;
using Serving.Data.Tensors;
using Serving.Models.Tensors;
using Serving.NativeModels.SavedModel;

namespace Serving.NativeModels.TensorFlow;

/// <summary>
/// Calls of a signature: numbers are read in place, results are copied out of TensorFlow's tensors, and nothing managed
/// is allocated once the buffers are large enough.
/// </summary>
internal sealed unsafe class SavedModelCall : TensorCall
{
    private readonly SessionHandle _session;
    private readonly BoundSignature _signature;
    private readonly StatusHandle _status = new();
    private readonly RunOptions _options;
    private readonly InputTensors _inputs;
    private readonly TimeSpan _callTime;

    // Native arrays of as many places as there are outputs: which are fetched in this call, and their tensors.
    private readonly NativeOutput* _outputs;
    private readonly nint* _outputValues;
    private bool _isDisposed;

    /// <summary>Makes the buffers of a signature.</summary>
    public SavedModelCall(SessionHandle session, BoundSignature signature, SavedModelFile file, TimeSpan callTime)
        : base(signature.Saved.Signature)
    {
        _session = session;
        _signature = signature;
        _callTime = callTime;
        _options = new RunOptions(file.MayLoop);
        _inputs = new InputTensors(signature, isCopied: file.Model.IsStateful);
        nuint outputs = (nuint)signature.Outputs.Length;
        _outputs = (NativeOutput*)NativeMemory.AllocZeroed(outputs, (nuint)sizeof(NativeOutput));
        _outputValues = (nint*)NativeMemory.AllocZeroed(outputs, (nuint)sizeof(nint));
    }

    /// <inheritdoc/>
    protected override ValueTask RunCheckedAsync(TimeSpan timeLeft, CancellationToken cancellation)
    {
        ObjectDisposedException.ThrowIf(_isDisposed, this);
        cancellation.ThrowIfCancellationRequested();
        TimeSpan limit = timeLeft < _callTime ? timeLeft : _callTime;
        if (limit <= TimeSpan.Zero)
        {
            throw new TensorRunException(ErrorCode.DeadlineExceeded, "no time was left to run the model");
        }

        _options.Limit(limit);
        for (int i = 0; i < _signature.Inputs.Length; i++)
        {
            _inputs.Set(i, IsGiven(i) ? InputBuffer(i) : null);
        }

        bool isCounted = false;
        try
        {
            _session.DangerousAddRef(ref isCounted);
            Run();
        }
        finally
        {
            if (isCounted)
            {
                _session.DangerousRelease();
            }

            _inputs.Release();
        }

        return ValueTask.CompletedTask;
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (!_isDisposed)
        {
            _isDisposed = true;
            _inputs.Dispose();
            _options.Dispose();
            _status.Dispose();
            NativeMemory.Free(_outputs);
            NativeMemory.Free(_outputValues);
        }

        base.Dispose(disposing);
    }

    private void Run()
    {
        int count = 0;
        for (int i = 0; i < _signature.Outputs.Length; i++)
        {
            if (IsWanted(i))
            {
                _outputs[count] = _signature.Outputs[i];
                _outputValues[count++] = 0;
            }
        }

        nint status = _status.Pointer;
        TensorFlowNative.TF_SessionRun(
            _session.Pointer,
            _options.Buffer,
            _inputs.Places,
            _inputs.Values,
            _signature.Inputs.Length,
            _outputs,
            _outputValues,
            count,
            null,
            0,
            null,
            status);
        try
        {
            int code = TensorFlowNative.TF_GetCode(status);
            if (code != 0)
            {
                throw new TensorRunException(NativeStatus.CodeOf(code), NativeStatus.TextOf(status));
            }

            ReadOutputs();
        }
        finally
        {
            for (int i = 0; i < count; i++)
            {
                if (_outputValues[i] != 0)
                {
                    TensorFlowNative.TF_DeleteTensor(_outputValues[i]);
                    _outputValues[i] = 0;
                }
            }
        }
    }

    private void ReadOutputs()
    {
        int place = 0;
        for (int i = 0; i < _signature.Outputs.Length; i++)
        {
            if (IsWanted(i))
            {
                TensorValue output = Output(i);
                output.Reset(TensorKind.Tensor);
                OutputTensor.Read(_outputValues[place++], Signature.Outputs[i], output.Tensor);
            }
        }
    }
}
