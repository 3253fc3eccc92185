using System.Text;
using Serving.Data;
using Serving.Models.Linear;
using Serving.Models.Links;

namespace Serving.Models.Tests.Linear;

public sealed class LinearModelTests
{
    [Fact]
    public void Score_SmallModel_AddsBiasDenseMissingAndIds()
    {
        LinearModel model = Model(8, [2, 7], [0.25, -2]);
        FeatureBatch batch = new();
        batch.Reset(2, 2, 1, 8);
        double[] dense = [3, double.NaN, -1, 4];
        dense.CopyTo(batch.Dense, 0);
        uint[] ids = [2, 2, 7, 5];
        ids.CopyTo(batch.Ids, 0);
        batch.IdEnds[0] = 3;
        batch.IdEnds[1] = 4;
        double[] raw = new double[2];
        model.CreateScorer().Score(batch, raw);
        Assert.Equal([-1 + 1.5 + 0.125 + 0.25 + 0.25 - 2, -1 - 0.5 - 1.0], raw);
    }

    /// <summary>A block of listed weights gives the same bits whether it is a table or a hash.</summary>
    [Fact]
    public void Score_GreatBlockOfListedWeights_EqualsTable()
    {
        Random random = new(5);
        uint[] ids = [.. Enumerable.Range(0, 5000).Select(i => (uint)(i * 13))];
        double[] weights = [.. ids.Select(_ => random.NextDouble() - 0.5)];
        LinearModel table = Model(65_536, ids, weights);
        LinearModel hashed = Model(IdBlock.SizeMax, ids, weights);
        Assert.True(hashed.MemoryBytes < 1 << 20);
        FeatureBatch batch = new();
        batch.Reset(50, 2, 1, 50 * 40);
        for (int i = 0; i < 50 * 40; i++)
        {
            batch.Ids[i] = (uint)random.Next(65_536);
        }

        for (int row = 0; row < 50; row++)
        {
            batch.IdEnds[row] = (row + 1) * 40;
            batch.Dense[row * 2] = random.NextDouble();
            batch.Dense[(row * 2) + 1] = random.NextDouble();
        }

        Assert.Equal(Score(table, batch), Score(hashed, batch));
    }

    [Fact]
    public void Read_TableBeside_GivesItsWeightsWidened()
    {
        float[] table = [0, 0.1f, 0.2f, -0.3f, 0.4f, 0.5f, 0.6f, 0.7f];
        byte[] bytes = new byte[table.Length * 4];
        Buffer.BlockCopy(table, 0, bytes, 0, bytes.Length);
        byte[] json = Encoding.UTF8.GetBytes("""
            {"format": "serving.linear", "version": 1, "link": "softmax", "bias": [1, 2],
             "ids": {"user": {"size": 4, "file": "user.bin"}}}
            """);
        ScoringModel model = ModelFile.Load(json, openBeside: name => name == "user.bin"
            ? new MemoryStream(bytes)
            : throw new FileNotFoundException(name));
        FeatureBatch batch = new();
        batch.Reset(1, 0, 1, 1);
        batch.Ids[0] = 3;
        batch.IdEnds[0] = 1;
        double[] raw = new double[2];
        model.CreateScorer().Score(batch, raw);
        Assert.Equal([1 + (double)0.6f, 2 + (double)0.7f], raw);
        Assert.Throws<InputException>(() => ModelFile.Load(json, openBeside: _ => new MemoryStream(bytes[..^1])));
    }

    [Fact]
    public void Write_Model_IsReadBackBitByBit()
    {
        using MemoryStream stream = new();
        double[] weights = [0.1, -1.0 / 3];
        LinearModelWriter.Write(
            stream,
            "logit",
            [Math.PI],
            [new DenseWeights("amount", [0.1], []), new DenseWeights("age", [-1.0 / 3], [1e-300])],
            [new LinearBlock("mcc", 9, [(3, [weights[1]])])]);
        LinearModel model = (LinearModel)ModelFile.Load(stream.ToArray());
        Assert.Equal(Math.PI, model.Bias[0]);
        Assert.Equal(weights, model.Dense.Select(input => input.Weights[0]));
        Assert.Equal(1e-300, model.Dense[1].Missing[0]);
        Assert.Equal(9u, model.Inputs[2].Size);
    }

    [Fact]
    public void Score_IdsBeyondTheBlock_AddNothing()
    {
        LinearModel model = Model(8, [2, 7], [0.25, -2]);
        FeatureBatch batch = new();
        batch.Reset(1, 2, 1, 2);
        batch.Dense[0] = 0;
        batch.Dense[1] = 0;
        batch.Ids[0] = 8;
        batch.Ids[1] = uint.MaxValue;
        batch.IdEnds[0] = 2;
        Assert.Equal([-1.0], Score(model, batch));
    }

    private static double[] Score(LinearModel model, FeatureBatch batch)
    {
        double[] raw = new double[batch.RowCount];
        model.CreateScorer().Score(batch, raw);
        return raw;
    }

    private static LinearModel Model(uint size, uint[] ids, double[] weights) => new(
        ScoreLinks.Find("logit")!,
        [-1],
        [new DenseWeights("amount", [0.5], []), new DenseWeights("age", [-0.25], [0.125])],
        [IdBlock.OfList("mcc", size, ids, weights, 1)]);
}
