using System.Collections.Immutable;
using Serving.Data.Cells;
using Serving.Data.Tensors;
using Serving.Data.Tensors.Json;
using Serving.Models.Tensors;

namespace Serving.Engine.Bundles;

/// <summary>
/// Makes sample calls of a tensor model: seeded values of each signature's types and shapes, unknown dimensions 1 and
/// 3. One thread.
/// </summary>
internal static class TensorSampleMaker
{
    private const int Seed = 20_240_601;
    private const long ElementsMax = 1_000_000;
    private static readonly ImmutableArray<long> Sizes = [1, 3];

    /// <summary>The lines of the samples.</summary>
    public static ImmutableArray<ReadOnlyMemory<byte>> Make(TensorModel model)
    {
        var random = new Random(Seed);
        var lines = ImmutableArray.CreateBuilder<ReadOnlyMemory<byte>>();
        foreach (TensorSignature signature in model.Signatures)
        {
            foreach (long size in Sizes)
            {
                if (lines.Count < BundleLimits.SamplesMax && IsSmall(signature, size))
                {
                    lines.Add(LineOf(signature, size, random));
                }
            }
        }

        return lines.ToImmutable();
    }

    private static bool IsSmall(TensorSignature signature, long size) => signature.Inputs.All(
        input => TensorBuffer.ElementCount(ShapeOf(input, size)) <= ElementsMax);

    private static long[] ShapeOf(TensorSpec input, long size) => input.Shape is { } shape
        ? [.. shape.Select(dimension => dimension < 0 ? size : dimension)]
        : [size];

    private static ReadOnlyMemory<byte> LineOf(TensorSignature signature, long size, Random random)
    {
        Utf8Buffer line = new();
        line.Add("{\"signature\":"u8);
        JsonText.WriteString(line, System.Text.Encoding.UTF8.GetBytes(signature.Name));
        line.Add(",\"inputs\":{"u8);
        TensorBuffer tensor = new();
        bool isFirst = true;
        foreach (TensorSpec input in signature.Inputs.Where(input => !input.HasDefault))
        {
            line.Add(isFirst ? ""u8 : ","u8);
            isFirst = false;
            tensor.Reset(input.Type, ShapeOf(input, size));
            Fill(tensor, input, random);
            TensorJsonWriter.WriteName(line, input.Name);
            TensorJsonWriter.WriteTensor(line, tensor);
        }

        line.Add("}}"u8);
        return line.Written.ToArray();
    }

    private static void Fill(TensorBuffer tensor, TensorSpec input, Random random)
    {
        for (int i = 0; i < tensor.Count; i++)
        {
            switch (tensor.Type)
            {
                case TensorType.Text when !input.Example.IsEmpty:
                    tensor.AddText(ExampleOf(input.Example, random));
                    break;
                case TensorType.Text:
                    tensor.AddText([(byte)('a' + random.Next(26))]);
                    break;
                case TensorType.Float16:
                    tensor.Values<Half>()[i] = (Half)(random.NextDouble() * 2 - 1);
                    break;
                case TensorType.Float32:
                    tensor.Values<float>()[i] = (float)(random.NextDouble() * 2 - 1);
                    break;
                case TensorType.Float64:
                    tensor.Values<double>()[i] = random.NextDouble() * 2 - 1;
                    break;
                default:
                    FillInteger(tensor, i, random.Next(2));
                    break;
            }
        }
    }

    // Small numbers: most integers are ids of a table whose size nobody names.
    private static void FillInteger(TensorBuffer tensor, int index, int value)
    {
        int size = TensorTypes.SizeOf(tensor.Type);
        Span<byte> element = tensor.Bytes.Slice(index * size, size);
        element.Clear();
        element[0] = (byte)value;
    }

    private static ReadOnlySpan<byte> ExampleOf(ImmutableArray<ExampleFeature> features, Random random)
    {
        TensorExample example = new();
        example.Begin();
        foreach (ExampleFeature feature in features)
        {
            example.BeginFeature(feature.Type);
            for (long i = 0; i < Math.Clamp(feature.Count < 0 ? 1 : feature.Count, 0, ElementsMax); i++)
            {
                Add(example, feature.Type, random);
            }

            example.EndFeature(feature.Name);
        }

        return example.End();
    }

    private static void Add(TensorExample example, TensorType type, Random random)
    {
        switch (type)
        {
            case TensorType.Float32:
                example.AddFloat((float)(random.NextDouble() * 2 - 1));
                break;
            case TensorType.Int64:
                example.AddInteger(random.Next(2));
                break;
            default:
                example.AddText([(byte)('a' + random.Next(26))]);
                break;
        }
    }
}
