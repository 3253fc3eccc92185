using System.Text;
using Serving.Data.Cells;
using Serving.Data.Tensors;
using Serving.Data.Tensors.Json;
using Xunit;

namespace Serving.Data.Tests.Tensors.Json;

public sealed class TensorJsonWriterTests
{
    [Fact]
    public void WriteOutputs_MapsAndSequences_AreObjectsAndArrays()
    {
        HeldTensors call = new(new TensorSignature(
            TensorSignature.DefaultName,
            [],
            [
                new TensorSpec("p", TensorType.Float32, null) { Kind = TensorKind.MapSequence },
                new TensorSpec("unwanted", TensorType.Float32, null),
                new TensorSpec("q \"", TensorType.Text, null) { Kind = TensorKind.Sequence },
            ]));
        call.Want(1, false);
        call.Output(0).Reset(TensorKind.MapSequence);
        FillMap(call.Output(0).AddItem(TensorKind.Map), 0.5f);
        FillMap(call.Output(0).AddItem(TensorKind.Map), float.NaN);
        call.Output(2).Reset(TensorKind.Sequence);
        TensorBuffer texts = call.Output(2).AddItem(TensorKind.Tensor).Tensor;
        texts.Reset(TensorType.Text, [1, 2]);
        texts.AddText("ü\n"u8);
        texts.AddText([0xC3]);

        Utf8Buffer text = new();
        TensorJsonWriter.WriteOutputs(text, call);
        Assert.Equal(
            """{"p":[{"-1":0.5,"7":2},{"-1":null,"7":2}],"q \"":[[["ü\n",{"b64":"ww=="}]]]}""",
            Encoding.UTF8.GetString(text.Written));
    }

    [Fact]
    public void WriteTensor_NoElements_KeepsTheLevelsThatCanBeSeen()
    {
        TensorBuffer tensor = new();
        tensor.Reset(TensorType.Float32, [2, 0, 3]);
        Utf8Buffer text = new();
        TensorJsonWriter.WriteTensor(text, tensor);
        Assert.Equal("[[],[]]", Encoding.UTF8.GetString(text.Written));
    }

    [Fact]
    public void WriteTensor_EmptyArraysWithoutBound_IsRefused()
    {
        TensorBuffer tensor = new();
        tensor.Reset(TensorType.Float32, [int.MaxValue, int.MaxValue, 0]);
        Assert.Throws<InputException>(() => TensorJsonWriter.WriteTensor(new Utf8Buffer(), tensor));
    }

    private static void FillMap(TensorValue map, float first)
    {
        map.Keys.Reset(TensorType.Int64, [2]);
        map.Keys.Values<long>()[0] = -1;
        map.Keys.Values<long>()[1] = 7;
        map.Tensor.Reset(TensorType.Float32, [2]);
        map.Tensor.Values<float>()[0] = first;
        map.Tensor.Values<float>()[1] = 2;
    }
}
