using Serving.Data;
using Serving.Data.Tensors;
using Serving.Engine.Tensors.Mapping;
using Serving.Models;
using Xunit;

namespace Serving.Engine.Tests.Tensors.Mapping;

public sealed class RowExamplesTests
{
    [Fact]
    public void Write_TwoRows_GivesEachFeatureInItsType()
    {
        ModelInput[] inputs = [new("amount", false, 0), new("mcc", false, 0), new("tags", true, 50)];
        var batch = new FeatureBatch();
        batch.Reset(2, 2, 1, 3);
        new[] { 1.5, 7, double.NaN, 2 }.CopyTo(batch.Dense, 0);
        new uint[] { 3, 2, 9 }.CopyTo(batch.Ids, 0);
        new[] { 3, 3 }.CopyTo(batch.IdEnds, 0);
        MappedFeature[] features =
        [
            new(
                new ExampleFeature("A", TensorType.Float32, 2),
                new ColumnFill([new("amount", false), new("amount", true)])),
            new(new ExampleFeature("M", TensorType.Int64, 1), new ColumnFill([new("mcc", false)]) { IsSingle = true }),
            new(new ExampleFeature("T", TensorType.Int64), new ColumnFill([new("tags", false)]) { TakesIds = true }),
            new(
                new ExampleFeature("P", TensorType.Int64, 4),
                new ColumnFill([new("tags", false)]) { TakesIds = true, Length = 4, Pad = 1 }),
        ];
        var target = new TensorBuffer();
        target.Reset(TensorType.Text, [2]);

        new RowExamples(features, inputs).Write(batch, 0, 2, target);

        Assert.Equal(Message([1.5f, 0], 7, [3, 2, 9], [3, 2, 9, 1]), target.TextAt(0).ToArray());
        Assert.Equal(Message([0, 1], 2, [], [1, 1, 1, 1]), target.TextAt(1).ToArray());
    }

    private static byte[] Message(float[] amounts, long mcc, long[] tags, long[] padded)
    {
        var example = new TensorExample();
        example.Begin();
        example.BeginFeature(TensorType.Float32);
        Array.ForEach(amounts, example.AddFloat);
        example.EndFeature("A");
        foreach ((string name, long[] values) in new[] { ("M", new[] { mcc }), ("T", tags), ("P", padded) })
        {
            example.BeginFeature(TensorType.Int64);
            Array.ForEach(values, example.AddInteger);
            example.EndFeature(name);
        }

        return example.End().ToArray();
    }
}
