using Microsoft.ML.OnnxRuntime;
using Serving.Data;
using Serving.Data.Tensors;
using Serving.Models.Tensors;

namespace Serving.NativeModels.Onnx;

/// <summary>Copies values that the runtime made into our own. Not safe for use by several threads.</summary>
internal sealed class OnnxOutputs
{
    private readonly OnnxText _text = new();

    /// <summary>Copies a value of any kind.</summary>
    public void Read(OrtValue value, TensorSpec spec, TensorValue output)
    {
        output.Reset(spec.Kind);
        switch (spec.Kind)
        {
            case TensorKind.Tensor:
                ReadTensor(value, output.Tensor);
                break;
            case TensorKind.Map:
                ReadMap(value, output);
                break;
            default:
                int count = value.GetValueCount();
                for (int i = 0; i < count; i++)
                {
                    using OrtValue item = value.GetValue(i, OrtAllocator.DefaultInstance);
                    if (spec.Kind == TensorKind.MapSequence)
                    {
                        ReadMap(item, output.AddItem(TensorKind.Map));
                    }
                    else
                    {
                        ReadTensor(item, output.AddItem(TensorKind.Tensor).Tensor);
                    }
                }

                break;
        }
    }

    /// <summary>Copies the texts of a value whose shape the tensor has.</summary>
    public void ReadText(OrtValue value, TensorBuffer tensor) => _text.Read(value, tensor);

    private void ReadMap(OrtValue value, TensorValue output)
    {
        using OrtValue keys = value.GetValue(0, OrtAllocator.DefaultInstance);
        using OrtValue values = value.GetValue(1, OrtAllocator.DefaultInstance);
        ReadTensor(keys, output.Keys);
        ReadTensor(values, output.Tensor);
    }

    private void ReadTensor(OrtValue value, TensorBuffer tensor)
    {
        OrtTensorTypeAndShapeInfo info = value.GetTensorTypeAndShape();
        TensorType type = OnnxElements.Of(info.ElementDataType);
        if (type == TensorType.None || info.Shape.Any(size => size < 0))
        {
            throw new TensorRunException(ErrorCode.Internal, $"the model answers elements of {info.ElementDataType}");
        }

        tensor.Reset(type, info.Shape);
        if (type == TensorType.Text)
        {
            _text.Read(value, tensor);
        }
        else if (tensor.Count > 0)
        {
            value.GetTensorMutableRawData().CopyTo(tensor.Bytes);
        }
    }
}
