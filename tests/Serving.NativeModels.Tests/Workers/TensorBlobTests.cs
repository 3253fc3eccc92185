using System.Text;
using Serving.Data.Tensors;
using Serving.Models.Tensors;
using Serving.NativeModels.Workers;

namespace Serving.NativeModels.Tests.Workers;

public sealed class TensorBlobTests
{
    private static readonly TensorSignature s_signature = new(
        "s",
        [
            new TensorSpec("a", TensorType.Float64, [-1, 2]), new TensorSpec("b", TensorType.Text, [-1]),
            new TensorSpec("c", TensorType.Bool, null) { HasDefault = true },
        ],
        [
            new TensorSpec("t", TensorType.Text, null), new TensorSpec("f", TensorType.Float32, null),
            new TensorSpec("m", TensorType.Float32, null) { Kind = TensorKind.Map, KeyType = TensorType.Text },
            new TensorSpec("q", TensorType.Int64, null) { Kind = TensorKind.Sequence },
            new TensorSpec("z", TensorType.Float32, null)
            {
                Kind = TensorKind.MapSequence, KeyType = TensorType.Int64,
            },
        ]);

    [Fact]
    public void Inputs_GivenAndWanted_ComeOverWhole()
    {
        using Held sent = Filled();
        sent.Want(1, false);
        byte[] bytes = new byte[TensorBlobWriter.MeasureInputs(sent)];
        Assert.Equal(bytes.Length, TensorBlobWriter.WriteInputs(sent, bytes));
        using Held received = new();
        TensorBlobReader.ReadInputs(bytes, received);
        Assert.Equal([true, true, false], Enumerable.Range(0, 3).Select(received.IsGiven));
        Assert.Equal([true, false, true, true, true], Enumerable.Range(0, 5).Select(received.IsWanted));
        Assert.Equal([1.5, -0.0, double.NaN, 4], received.Input(0).Values<double>());
        Assert.Equal("", Encoding.UTF8.GetString(received.Input(1).TextAt(0)));
        Assert.Equal("Zürich", Encoding.UTF8.GetString(received.Input(1).TextAt(1)));
    }

    [Fact]
    public void Outputs_EveryKind_ComeOverWhole()
    {
        using Held sent = Filled();
        byte[] bytes = Outputs(sent);
        using Held received = new();
        TensorBlobReader.ReadOutputs(bytes, received);
        Assert.Equal(bytes, Outputs(received));
        Assert.Equal(7f, received.Output(4).Item(1).Tensor.Values<float>()[0]);
        Assert.Equal(2, received.Output(3).ItemCount);
    }

    // A worker ran a foreign model: whatever it writes is an answer or refused, and no more memory than it wrote is
    // taken.
    [Fact]
    public void Outputs_MutatedBytes_AreReadOrRefused()
    {
        using Held sent = Filled();
        byte[] whole = Outputs(sent);
        using Held received = new();
        Random random = new(5);
        int refused = 0;
        for (int i = 0; i < 20_000; i++)
        {
            byte[] bytes = whole[..random.Next(whole.Length / 2, whole.Length + 1)];
            for (int flips = random.Next(3); flips >= 0; flips--)
            {
                bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
            }

            try
            {
                TensorBlobReader.ReadOutputs(bytes, received);
            }
            catch (InvalidDataException)
            {
                refused++;
            }
        }

        Assert.InRange(refused, 10_000, 20_000);
    }

    private static byte[] Outputs(TensorCall call)
    {
        byte[] bytes = new byte[TensorBlobWriter.MeasureOutputs(call)];
        Assert.Equal(bytes.Length, TensorBlobWriter.WriteOutputs(call, bytes));
        return bytes;
    }

    private static Held Filled()
    {
        Held call = new();
        call.Begin();
        call.Input(0).Reset(TensorType.Float64, [2, 2]);
        new[] { 1.5, -0.0, double.NaN, 4 }.CopyTo(call.Input(0).Values<double>());
        FillTexts(call.Input(1), "", "Zürich");
        call.Output(0).Reset(TensorKind.Tensor);
        FillTexts(call.Output(0).Tensor, "one", "");
        call.Output(1).Reset(TensorKind.Tensor);
        call.Output(1).Tensor.Reset(TensorType.Float32, [0, 3]);
        call.Output(2).Reset(TensorKind.Map);
        FillTexts(call.Output(2).Keys, "k", "l");
        call.Output(2).Tensor.Reset(TensorType.Float32, [2]);
        call.Output(3).Reset(TensorKind.Sequence);
        call.Output(4).Reset(TensorKind.MapSequence);
        for (int i = 0; i < 2; i++)
        {
            call.Output(3).AddItem(TensorKind.Tensor).Tensor.Reset(TensorType.Int64, [i]);
            TensorValue map = call.Output(4).AddItem(TensorKind.Map);
            map.Keys.Reset(TensorType.Int64, [1]);
            map.Tensor.Reset(TensorType.Float32, [1]);
            map.Tensor.Values<float>()[0] = 7;
        }

        return call;
    }

    private static void FillTexts(TensorBuffer tensor, params string[] texts)
    {
        tensor.Reset(TensorType.Text, [texts.Length]);
        foreach (string text in texts)
        {
            tensor.AddText(Encoding.UTF8.GetBytes(text));
        }
    }

    private sealed class Held() : TensorCall(s_signature)
    {
        protected override ValueTask RunCheckedAsync(TimeSpan timeLeft, CancellationToken cancellation) => default;
    }
}
