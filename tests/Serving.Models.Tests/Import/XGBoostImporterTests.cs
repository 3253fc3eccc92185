using System.Text;
using Serving.Data;
using Serving.Models.Tests.Golden;

namespace Serving.Models.Tests.Import;

/// <summary>Boosters and encodings of XGBoost, by hand.</summary>
public sealed class XGBoostImporterTests
{
    private const string LinearBooster = """
        {"learner": {"learner_model_param": {"base_score": "5E-1", "num_class": "0", "num_feature": "2"},
          "gradient_booster": {"name": "gblinear", "model": {"weights": [2, -1, 0.25]}},
          "objective": {"name": "binary:logistic"}}, "version": [1, 7, 4]}
        """;

    private const string VectorLeaves = """
        {"learner": {"learner_model_param": {"base_score": "[1E0,2E0]", "num_feature": "1", "num_target": "2"},
          "gradient_booster": {"name": "gbtree", "model": {"gbtree_model_param": {"num_trees": "1"}, "tree_info": [0],
            "trees": [{"tree_param": {"num_nodes": "3", "size_leaf_vector": "2"},
              "left_children": [1, -1, -1], "right_children": [2, 0, 1], "split_indices": [0, 0, 0],
              "split_conditions": [0.5, 0, 0], "default_left": [0, 0, 0], "leaf_weights": [10, 20, 30, 40]}]}},
          "objective": {"name": "reg:squarederror"}}, "version": [3, 2, 0]}
        """;

    [Fact]
    public void Read_Ubj_GivesTheModelOfItsJson()
    {
        byte[] ubj = UbjWriter.Write(HandMadeModels.XGBoost);
        Assert.Equal(ModelFormat.XGBoostUbj, ModelFile.Detect(ubj));
        ScoringModel model = ModelFile.Load(ubj);
        Assert.Equal("xgboost-ubj", model.Description.Format);
        double[][] rows = [[1, 1], [9, 1], [9, 2], [double.NaN, double.NaN], [9, double.NaN]];
        Assert.Equal(
            ScoredRows.Of(ModelFile.Load(Encoding.UTF8.GetBytes(HandMadeModels.XGBoost)), rows).Raw,
            ScoredRows.Of(model, rows).Raw);
    }

    [Fact]
    public void Read_UbjCutAtEachByte_IsRefused()
    {
        byte[] ubj = UbjWriter.Write(HandMadeModels.XGBoost);
        for (int length = 0; length < ubj.Length; length++)
        {
            Assert.Throws<InputException>(
                () => ModelFile.Load(ubj.AsMemory(0, length), ModelFormat.XGBoostUbj));
        }
    }

    [Fact]
    public void Read_LinearBooster_AddsWeightsAndSkipsMissing()
    {
        ScoringModel model = ModelFile.Load(Encoding.UTF8.GetBytes(LinearBooster));
        ScoredRows scored = ScoredRows.Of(model, [[3, 1], [double.NaN, 4]]);
        Assert.Equal([5.25, -3.75], scored.Raw.Select(row => row[0]));
        Assert.Equal((0, true), (model.LeafCount, model.HasDefaultNames));
    }

    [Fact]
    public void Read_Dart_MultipliesLeavesByTheTreesWeight()
    {
        string dart = HandMadeModels.XGBoost
            .Replace("\"gradient_booster\": {\"name\": \"gbtree\", ",
                "\"gradient_booster\": {\"name\": \"dart\", \"weight_drop\": [0.25], \"gbtree\": {",
                StringComparison.Ordinal)
            .Replace("[1, 33]}]}},", "[1, 33]}]}}},", StringComparison.Ordinal);
        Assert.Equal(1.5, ScoredRows.Of(ModelFile.Load(Encoding.UTF8.GetBytes(dart)), [[9, 1]]).Raw[0][0]);
    }

    [Fact]
    public void Read_VectorLeaves_RunsByReferenceAndSaysWhy()
    {
        ScoringModel model = ModelFile.Load(Encoding.UTF8.GetBytes(VectorLeaves));
        Assert.Equal([[11, 22], [31, 42]], ScoredRows.Of(model, [[0.25], [0.5]]).Raw);
        Assert.Equal([ScorerEngine.Reference], model.RunnableEngines);
        Assert.Contains("vectors", model.Description.Why, StringComparison.Ordinal);
    }
}
