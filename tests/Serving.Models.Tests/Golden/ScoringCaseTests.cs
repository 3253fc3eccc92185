using System.IO.Compression;
using Serving.Testing;

namespace Serving.Models.Tests.Golden;

/// <summary>Public models of other tools with expected outputs.</summary>
public sealed class ScoringCaseTests
{
    [Fact]
    public void LightGbm_Multiclass_GivesRawScoresAndShares()
    {
        double[][] rows = [.. Lines("lightgbm/multiclass_test.tsv").Select(line => Numbers(line)[1..])];
        ScoredRows scored = ScoredRows.Of(Model("lightgbm/lgmulticlass.model"), rows);
        AssertNear(Table("lightgbm/lgmulticlass_true_raw_predictions.txt"), scored.Raw, 1e-12);
        AssertNear(Table("lightgbm/lgmulticlass_true_predictions.txt"), scored.Predictions, 1e-12);
    }

    [Fact]
    public void LightGbm_BreastCancer_GivesLeaves()
    {
        ScoredRows scored = ScoredRows.Of(
            Model("lightgbm/lg_breast_cancer.txt"), Table("lightgbm/lg_breast_cancer_data.txt"));
        Assert.Equal(
            Table("lightgbm/lg_breast_cancer_data_pred_leaves.txt"),
            scored.Leaves.Select(row => row.Select(leaf => (double)leaf).ToArray()));
    }

    [Fact]
    public void LightGbm_ToyCategorical_GivesValues()
    {
        ScoringModel model = Model("lightgbm/toy_categorical_model.txt");
        ScoredRows scored = ScoredRows.Of(model, LibSvm(Lines("lightgbm/toy_categorical.test"), model, 0));
        AssertNear(Table("lightgbm/toy_categorical.test.pred"), scored.Predictions, 1e-12);
    }

    [Theory]
    [InlineData("model_with_constant_tree.txt", 2)]
    [InlineData("tree_1leaf.txt", 1)]
    [InlineData("tree_2leaves.txt", 1)]
    [InlineData("tree_3leaves.txt", 1)]
    public void LightGbm_TreesOfOneLeafAndBareTrees_Load(string file, int trees)
    {
        ScoringModel model = Model("lightgbm/" + file);
        Assert.Equal(trees, model.LeafCount);
        ScoredRows scored = ScoredRows.Of(model, [new double[model.Inputs.Length]]);
        Assert.True(double.IsFinite(scored.Raw[0][0]));
    }

    [Fact]
    public void XGBoost_Agaricus_GivesProbabilities()
    {
        string? gz = SharedFiles.Find("data/agaricus/agaricus.txt.test.gz");
        Assert.SkipWhen(gz is null, "shared/data/agaricus is absent");
        using StreamReader reader = new(new GZipStream(File.OpenRead(gz!), CompressionMode.Decompress));
        ScoringModel model = Model("xgboost/xgagaricus.json");
        ScoredRows scored = ScoredRows.Of(model, LibSvm(reader.ReadToEnd().TrimEnd().Split('\n'), model, 0));
        AssertNear(Table("xgboost/xgagaricus_true_predictions.txt"), scored.Predictions, 1e-6);
    }

    [Fact]
    public void XGBoost_Dermatology_GivesMargins()
    {
        ScoringModel model = Model("xgboost/xgdermatology.json");
        ScoredRows scored = ScoredRows.Of(model, LibSvm(Lines("xgboost/dermatology_test.libsvm"), model, 0));
        AssertNear(Table("xgboost/xgdermatology_true_predictions.txt"), scored.Raw, 1e-5);
        Assert.All(scored.Predictions, row => Assert.Single(row));
    }

    [Fact]
    public void XGBoost_Mushroom_GivesMarginsAndProbabilities()
    {
        ScoringModel model = Model("xgboost/treelite-mushroom.json");
        ScoredRows scored = ScoredRows.Of(model, LibSvm(Lines("xgboost/treelite-agaricus.test"), model, 0));
        AssertNear(Table("xgboost/treelite-agaricus.test.margin"), scored.Raw, 1e-5);
        AssertNear(Table("xgboost/treelite-agaricus.test.prob"), scored.Predictions, 1e-6);
    }

    [Theory]
    [InlineData("xgagaricus.model")]
    [InlineData("xgdermatology.model")]
    [InlineData("treelite-mushroom.model")]
    public void XGBoost_OldBinaryFormat_IsRefusedWithAdvice(string file)
    {
        Data.InputException refused = Assert.Throws<Data.InputException>(() => Model("xgboost/" + file));
        Assert.Contains("save it again", refused.Message, StringComparison.Ordinal);
    }

    private static string PathOf(string name)
    {
        string? path = SharedFiles.Find("data/scoring-cases/" + name);
        Assert.SkipWhen(path is null, $"shared/data/scoring-cases/{name} is absent");
        return path!;
    }

    private static ScoringModel Model(string name) => ModelFile.Load(PathOf(name));

    private static string[] Lines(string name) => File.ReadAllText(PathOf(name)).TrimEnd().Split('\n');

    private static double[][] Table(string name) => [.. Lines(name).Select(Numbers)];

    private static double[] Numbers(string line) =>
        [.. line.Split([' ', '\t'], StringSplitOptions.RemoveEmptyEntries).Select(double.Parse)];

    private static double[][] LibSvm(string[] lines, ScoringModel model, int firstIndex) =>
        [.. lines.Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1..])
            .Select(cells => Sparse(cells, model, firstIndex))];

    private static double[] Sparse(string[] cells, ScoringModel model, int firstIndex)
    {
        double[] row = new double[model.Inputs.Length];
        Array.Fill(row, double.NaN);
        foreach (string[] pair in cells.Select(cell => cell.Split(':')))
        {
            int index = int.Parse(pair[0]) - firstIndex;
            if (index < row.Length)
            {
                row[index] = double.Parse(pair[1]);
            }
        }

        return row;
    }

    private static void AssertNear(double[][] expected, double[][] found, double tolerance)
    {
        Assert.Equal(expected.Length, found.Length);
        for (int row = 0; row < expected.Length; row++)
        {
            Assert.Equal(expected[row].Length, found[row].Length);
            for (int k = 0; k < expected[row].Length; k++)
            {
                Assert.InRange(found[row][k], expected[row][k] - tolerance, expected[row][k] + tolerance);
            }
        }
    }
}
