using System.Runtime.InteropServices;
using Google.Protobuf;
using Serving.Data.Tensors;
using Serving.Models.Import.Onnx.Wire;
using Serving.Models.Tensors;
using Serving.NativeModels.Onnx;
using Serving.Testing;

namespace Serving.NativeModels.Tests.Onnx;

/// <summary>The node tests of ONNX itself.</summary>
public sealed class OnnxScoringCaseTests
{
    private const string Group = "data/scoring-cases/onnx";
    private const double Relative = 1e-3;
    private const double Absolute = 1e-7;

    public static TheoryData<string> Cases => SharedFiles.Find(Group) is { } folder
        ? [.. Directory.GetDirectories(folder).Order(StringComparer.Ordinal).Select(path => Path.GetFileName(path))]
        : ["absent"];

    [Theory]
    [MemberData(nameof(Cases))]
    public async Task Score_NodeTest_AnswersAsExpected(string name)
    {
        string? folder = SharedFiles.Find($"{Group}/{name}");
        Assert.SkipWhen(folder is null, $"shared/{Group} is absent");
        var factory = new OnnxScorerFactory(TimeProvider.System);
        using ITensorScorer scorer = factory.Open(
            FolderModelFiles.Open(Path.Combine(folder!, "model.onnx")), TensorModelOptions.Default);
        using TensorCall call = scorer.CreateCall(0);
        for (int run = 0; run < 2; run++)
        {
            call.Begin();
            for (int i = 0; i < call.Signature.Inputs.Length; i++)
            {
                Fill(call.Input(i), Tensor(folder!, $"input_{i}.pb"));
            }

            await call.RunAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken);
            for (int i = 0; i < call.Signature.Outputs.Length; i++)
            {
                Compare(Tensor(folder!, $"output_{i}.pb"), call.Output(i).Tensor);
            }
        }
    }

    private static TensorProto Tensor(string folder, string file) =>
        TensorProto.Parser.ParseFrom(File.ReadAllBytes(Path.Combine(folder, "test_data_set_0", file)));

    private static void Fill(TensorBuffer buffer, TensorProto tensor)
    {
        TensorType type = tensor.DataType switch
        {
            1 => TensorType.Float32,
            6 => TensorType.Int32,
            7 => TensorType.Int64,
            8 => TensorType.Text,
            9 => TensorType.Bool,
            11 => TensorType.Float64,
            _ => throw new NotSupportedException($"type {tensor.DataType}"),
        };
        buffer.Reset(type, [.. tensor.Dims]);
        foreach (ByteString text in tensor.StringData)
        {
            buffer.AddText(text.Span);
        }

        if (type != TensorType.Text)
        {
            Raw(tensor).CopyTo(buffer.Bytes);
        }
    }

    private static ReadOnlySpan<byte> Raw(TensorProto tensor) =>
        tensor.HasRawData ? tensor.RawData.Span
            : tensor.FloatData.Count > 0 ? MemoryMarshal.AsBytes(tensor.FloatData.ToArray().AsSpan())
            : tensor.Int64Data.Count > 0 ? MemoryMarshal.AsBytes(tensor.Int64Data.ToArray().AsSpan())
            : tensor.DoubleData.Count > 0 ? MemoryMarshal.AsBytes(tensor.DoubleData.ToArray().AsSpan())
            : tensor.DataType == 9 ? tensor.Int32Data.Select(value => (byte)value).ToArray()
            : MemoryMarshal.AsBytes(tensor.Int32Data.ToArray().AsSpan());

    private static void Compare(TensorProto expected, TensorBuffer found)
    {
        var wanted = new TensorBuffer();
        Fill(wanted, expected);
        Assert.Equal(wanted.Type, found.Type);
        Assert.Equal(wanted.Shape.ToArray(), found.Shape.ToArray());
        for (int i = 0; i < wanted.Count; i++)
        {
            switch (wanted.Type)
            {
                case TensorType.Float32:
                    Close(wanted.Values<float>()[i], found.Values<float>()[i]);
                    break;
                case TensorType.Float64:
                    Close(wanted.Values<double>()[i], found.Values<double>()[i]);
                    break;
                case TensorType.Text:
                    Assert.Equal(wanted.TextAt(i).ToArray(), found.TextAt(i).ToArray());
                    break;
                default:
                    break;
            }
        }

        if (!TensorTypes.IsFloat(wanted.Type))
        {
            Assert.Equal(wanted.Bytes.ToArray(), found.Bytes.ToArray());
        }
    }

    private static void Close(double expected, double found) =>
        Assert.True(
            Math.Abs(expected - found) <= Absolute + (Relative * Math.Abs(expected)), $"{found}, not {expected}");
}
