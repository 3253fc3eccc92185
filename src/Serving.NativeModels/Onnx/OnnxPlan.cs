using Microsoft.ML.OnnxRuntime;
using Serving.Data.Tensors;

namespace Serving.NativeModels.Onnx;

/// <summary>
/// The bindings of calls whose inputs have the same shapes and which want the same outputs: inputs are read, and
/// outputs written, where our buffers are. The first call leaves its outputs to the runtime and tells their shapes. Not
/// safe for use by several threads.
/// </summary>
internal sealed class OnnxPlan(InferenceSession session, long[] key) : IDisposable
{
    private readonly List<OrtValue> _values = [];
    private OrtIoBinding? _binding;
    private OrtValue?[] _inputTexts = [];
    private OrtValue?[] _outputTexts = [];

    // Where the buffers were when they were bound; 0 of texts and of what is not bound.
    private nint[] _inputAddresses = [];
    private nint[] _outputAddresses = [];

    /// <summary>Which shapes and outputs it is for.</summary>
    public long[] Key { get; } = key;

    /// <summary>Shapes of the outputs as the last call had them; null of one that is not known.</summary>
    public long[]?[]? OutputShapes { get; private set; }

    /// <summary>The bindings to run.</summary>
    public OrtIoBinding Binding => _binding!;

    /// <summary>The value that an output's texts are written to; null where it is none of texts.</summary>
    public OrtValue? OutputText(int index) => _outputTexts[index];

    /// <summary>Whether the runtime makes an output by itself.</summary>
    public bool IsMadeByRuntime(int index) => _outputAddresses[index] == 0 && _outputTexts[index] is null;

    /// <summary>Notes the shapes of the outputs for the next call, which is bound anew.</summary>
    public void Learn(long[]?[]? shapes)
    {
        OutputShapes = shapes;
        Release();
    }

    /// <summary>Binds what is not bound where the buffers are now, and gives the runtime the texts.</summary>
    public void Prepare(OnnxCall call)
    {
        ResetOutputs(call);
        if (_binding is null || HasMoved(call))
        {
            Release();
            Bind(call);
        }
        else
        {
            EmptyOutputs(call);
        }

        for (int i = 0; i < _inputTexts.Length; i++)
        {
            if (_inputTexts[i] is { } texts)
            {
                OnnxText.Fill(texts, call.InputAt(i));
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose() => Release();

    private void ResetOutputs(OnnxCall call)
    {
        if (OutputShapes is null)
        {
            return;
        }

        for (int i = 0; i < OutputShapes.Length; i++)
        {
            if (OutputShapes[i] is { } shape && call.IsWanted(i))
            {
                TensorValue output = call.Output(i);
                output.Reset(TensorKind.Tensor);
                output.Tensor.Reset(call.Signature.Outputs[i].Type, shape);
            }
        }
    }

    private bool HasMoved(OnnxCall call)
    {
        for (int i = 0; i < _inputAddresses.Length; i++)
        {
            if (_inputAddresses[i] != 0 && _inputAddresses[i] != call.InputAt(i).Address)
            {
                return true;
            }
        }

        for (int i = 0; i < _outputAddresses.Length; i++)
        {
            if (_outputAddresses[i] != 0 && _outputAddresses[i] != call.Output(i).Tensor.Address)
            {
                return true;
            }
        }

        return false;
    }

    private void Bind(OnnxCall call)
    {
        TensorSignature signature = call.Signature;
        _binding = session.CreateIoBinding();
        _inputTexts = new OrtValue?[signature.Inputs.Length];
        _inputAddresses = new nint[signature.Inputs.Length];
        for (int i = 0; i < signature.Inputs.Length; i++)
        {
            if (call.IsGiven(i))
            {
                TensorBuffer tensor = call.InputAt(i);
                bool isText = tensor.Type == TensorType.Text;
                OrtValue value = Make(tensor);
                _inputTexts[i] = isText ? value : null;
                _inputAddresses[i] = isText ? 0 : tensor.Address;
                _binding.BindInput(signature.Inputs[i].Name, value);
            }
        }

        _outputTexts = new OrtValue?[signature.Outputs.Length];
        _outputAddresses = new nint[signature.Outputs.Length];
        for (int i = 0; i < signature.Outputs.Length; i++)
        {
            if (call.IsWanted(i))
            {
                BindOutput(call, i, signature.Outputs[i]);
            }
        }
    }

    private void BindOutput(OnnxCall call, int index, TensorSpec spec)
    {
        if (OutputShapes?[index] is null)
        {
            _binding!.BindOutputToDevice(spec.Name, OrtMemoryInfo.DefaultInstance);
            return;
        }

        TensorBuffer tensor = call.Output(index).Tensor;
        OrtValue value = Make(tensor);
        _outputTexts[index] = spec.Type == TensorType.Text ? value : null;
        _outputAddresses[index] = spec.Type == TensorType.Text ? 0 : tensor.Address;
        _binding!.BindOutput(spec.Name, value);
    }

    // What the runtime made for the last call would be filled again, a sequence behind the items that it has.
    private void EmptyOutputs(OnnxCall call)
    {
        for (int i = 0; i < _outputAddresses.Length; i++)
        {
            if (call.IsWanted(i) && IsMadeByRuntime(i))
            {
                _binding!.BindOutputToDevice(call.Signature.Outputs[i].Name, OrtMemoryInfo.DefaultInstance);
            }
        }
    }

    private OrtValue Make(TensorBuffer tensor)
    {
        OrtValue value = tensor.Type == TensorType.Text
            ? OrtValue.CreateTensorWithEmptyStrings(OrtAllocator.DefaultInstance, tensor.Shape.ToArray())
            : OrtValue.CreateTensorValueWithData(
                OrtMemoryInfo.DefaultInstance,
                OnnxElements.Of(tensor.Type),
                tensor.Shape.ToArray(),
                tensor.Address,
                tensor.Bytes.Length);
        _values.Add(value);
        return value;
    }

    private void Release()
    {
        _binding?.Dispose();
        _binding = null;
        foreach (OrtValue value in _values)
        {
            value.Dispose();
        }

        _values.Clear();
    }
}
