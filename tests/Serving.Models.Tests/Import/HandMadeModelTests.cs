using System.Text;
using Serving.Data;
using Serving.Models.Tests.Golden;

namespace Serving.Models.Tests.Import;

/// <summary>
/// Models written by hand score what their text says, and each of their cuts and flips is refused or scored.
/// </summary>
public sealed class HandMadeModelTests
{
    [Theory]
    [InlineData(1.5, 0, 1.5)]
    [InlineData(1.5000000000000002, 1, 2.5)]
    [InlineData(9, 33.7, 2.5)]
    [InlineData(9, 2, 4.5)]
    [InlineData(9, -1, 4.5)]
    [InlineData(9, double.NaN, 4.5)]
    [InlineData(double.NaN, 33, 2.5)]
    public void LightGbm_ByHand_AddsItsLeaves(double amount, double kind, double expected) =>
        Assert.Equal(expected, ScoredRows.Of(Load(HandMadeModels.LightGbm), [[amount, kind]]).Raw[0][0]);

    [Theory]
    [InlineData(1.4999999, 0, 1.5)]
    [InlineData(1.5, 1, 4.5)]
    [InlineData(9, 33.7, 4.5)]
    [InlineData(9, 2, 2.5)]
    [InlineData(9, -0.5, 2.5)]
    [InlineData(9, double.NaN, 4.5)]
    [InlineData(double.NaN, 33, 1.5)]
    public void XGBoost_ByHand_AddsItsLeaves(double amount, double kind, double expected) =>
        Assert.Equal(expected, ScoredRows.Of(Load(HandMadeModels.XGBoost), [[amount, kind]]).Raw[0][0]);

    /// <summary>The first versions of XGBoost wrote default_left as booleans and no split_type.</summary>
    [Fact]
    public void XGBoost_BooleanDefaults_AreRead()
    {
        string old = HandMadeModels.XGBoost.Replace("[1, 0, 0, 0, 0]", "[true, false, false, false, false]",
            StringComparison.Ordinal);
        Assert.Equal([1.5, 4.5], ScoredRows.Of(Load(old), [[double.NaN, 33], [9, 1]]).Raw.Select(row => row[0]));
    }

    [Fact]
    public void Description_LightGbm_SaysWhatItIs()
    {
        ModelDescription about = Load(HandMadeModels.LightGbm).Description;
        Assert.Equal("lightgbm", about.Format);
        Assert.Equal("v4", about.ToolVersion);
        Assert.Equal("regression", about.Objective);
        Assert.Equal((2, 2, 1, "identity"), (about.Trees, about.Depth, about.Outputs, about.Link));
        Assert.Equal(["number", "category"], about.Features.Select(feature => feature.Type));
        Assert.Equal("threaded", about.Engines[0].Value);
    }

    [Theory]
    [InlineData(HandMadeModels.LightGbm)]
    [InlineData(HandMadeModels.XGBoost)]
    [InlineData(HandMadeModels.Linear)]
    public void Model_CutAtEachByte_IsRefusedOrScoresTheSame(string text)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(text.TrimEnd());
        double whole = ScoreOne(ModelFile.Load(bytes));
        for (int length = 0; length < bytes.Length; length++)
        {
            double? cut = TryScore(bytes.AsSpan(0, length).ToArray());
            Assert.True(cut is null || cut == whole, $"cut at {length} scores {cut}, not {whole}");
        }
    }

    [Theory]
    [InlineData(HandMadeModels.LightGbm, 1)]
    [InlineData(HandMadeModels.XGBoost, 2)]
    [InlineData(HandMadeModels.Linear, 3)]
    public void Model_WithFlippedBits_IsRefusedOrScored(string text, int seed)
    {
        Random random = new(seed);
        byte[] bytes = Encoding.UTF8.GetBytes(text);
        int refused = 0;
        for (int round = 0; round < 3000; round++)
        {
            byte[] flipped = [.. bytes];
            for (int flip = random.Next(1, 4); flip > 0; flip--)
            {
                flipped[random.Next(flipped.Length)] ^= (byte)(1 << random.Next(8));
            }

            refused += TryScore(flipped) is null ? 1 : 0;
        }

        Assert.InRange(refused, 500, 3000);
    }

    [Theory]
    [InlineData("objective=regression", "objective=multiclass num_class:3")]
    [InlineData("tree_sizes=300 100", "tree_sizes=300")]
    [InlineData("num_tree_per_iteration=1", "num_tree_per_iteration=2")]
    [InlineData("feature_names=amount kind", "feature_names=amount amount")]
    [InlineData("feature_names=amount kind", "feature_names=amount")]
    [InlineData("decision_type=8 1", "decision_type=12 1")]
    [InlineData("right_child=1 -3", "right_child=1 -2")]
    [InlineData("right_child=1 -3", "right_child=1 0")]
    [InlineData("leaf_value=1 2 4", "leaf_value=1 inf 4")]
    [InlineData("threshold=1.5 0", "threshold=1.5 1")]
    [InlineData("end of trees", "")]
    [InlineData("max_feature_idx=1", "max_feature_idx=2147483646")]
    public void LightGbm_WrongLine_IsRefused(string line, string wrong) =>
        AssertRefused(HandMadeModels.LightGbm, line, wrong);

    [Theory]
    [InlineData("\"num_deleted\": \"0\"", "\"num_deleted\": \"1\"")]
    [InlineData("\"tree_info\": [0]", "\"tree_info\": [1]")]
    [InlineData("\"num_target\": \"1\"", "\"num_target\": \"-1\"")]
    [InlineData("[5E-1]", "[1E-1,2E-1]")]
    [InlineData("[5E-1]", "[NaN]")]
    [InlineData("\"default_left\": [1", "\"default_left\": [2")]
    [InlineData("\"categories\": [1, 33]", "\"categories\": [1, 33554432]")]
    [InlineData("\"name\": \"gbtree\"", "\"name\": \"gbforest\"")]
    [InlineData("\"split_conditions\": [1.5, 1,", "\"split_conditions\": [1.5, Infinity,")]
    [InlineData("\"num_feature\": \"2\", \"num_target\"", "\"num_feature\": \"2000000000\", \"num_target\"")]
    [InlineData("\"version\": [3, 2, 0]", "\"version\": [3, 2, 0],")]
    public void XGBoost_WrongMember_IsRefused(string member, string wrong) =>
        AssertRefused(HandMadeModels.XGBoost, member, wrong);

    [Theory]
    [InlineData("\"version\": 1", "\"version\": 2")]
    [InlineData("\"link\": \"logit\"", "\"link\": \"probit\"")]
    [InlineData("[7, -2]", "[8, -2]")]
    [InlineData("[7, -2]", "[2, -2]")]
    [InlineData("[7, -2]", "[7]")]
    [InlineData("\"bias\": [-1]", "\"bias\": [-1, 2]")]
    [InlineData("\"bias\": [-1]", "\"bias\": [1e400]")]
    [InlineData("\"missing\": {\"age\"", "\"missing\": {\"height\"")]
    [InlineData("\"size\": 8", "\"size\": 4294967296")]
    [InlineData("\"weights\": [[2, 0.25], [7, -2]]", "\"file\": \"../secret.bin\"")]
    [InlineData("\"weights\": [[2, 0.25], [7, -2]]", "\"file\": \"absent.bin\"")]
    [InlineData("\"dense\": {\"amount\": [0.5], \"age\"", "\"dense\": {\"mcc\": [0.5], \"age\"")]
    public void Linear_WrongMember_IsRefused(string member, string wrong) =>
        AssertRefused(HandMadeModels.Linear, member, wrong);

    private static void AssertRefused(string text, string right, string wrong)
    {
        Assert.Contains(right, text, StringComparison.Ordinal);
        string broken = text.Replace(right, wrong, StringComparison.Ordinal);
        Assert.Throws<InputException>(() => Load(broken));
    }

    private static ScoringModel Load(string text) => ModelFile.Load(
        Encoding.UTF8.GetBytes(text), openBeside: name => throw new FileNotFoundException(name));

    private static double? TryScore(byte[] bytes)
    {
        try
        {
            return ScoreOne(ModelFile.Load(bytes));
        }
        catch (InputException refused)
        {
            Assert.NotEmpty(refused.Problems);
            return null;
        }
    }

    private static double ScoreOne(ScoringModel model)
    {
        FeatureBatch batch = new();
        int dense = model.Inputs.Count(input => !input.TakesIds);
        int blocks = model.Inputs.Length - dense;
        batch.Reset(1, dense, blocks, blocks);
        Array.Fill(batch.Dense, 2.0);
        Array.Fill(batch.Ids, 2u);
        for (int i = 0; i < blocks; i++)
        {
            batch.IdEnds[i] = i + 1;
        }

        double[] raw = new double[model.OutputCount];
        model.CreateScorer().Score(batch, raw);
        return raw[0];
    }
}
