using System.Text.Json;

namespace Serving.Models.Tests.Golden;

/// <summary>Models of LightGBM and XGBoost with the tools' own outputs: raw scores, predictions, leaves.</summary>
public sealed class GoldenModelTests
{
    public static TheoryData<string> Cases => GoldenCases.In("lightgbm", "xgboost-1.7", "xgboost-2.1", "xgboost-3");

    [Theory]
    [MemberData(nameof(Cases))]
    public void Model_GoldenCase_ScoresAsItsToolDoes(string name)
    {
        string folder = GoldenCases.Folder(name);
        ScoringModel model = ModelFile.Load(GoldenCases.ModelPath(folder));
        CsvTable input = CsvTable.Read(Path.Combine(folder, "input.csv"));
        CsvTable expected = CsvTable.Read(Path.Combine(folder, "expected.csv"));
        Assert.Equal(input.Header, model.Features.Select(feature => feature.Name));
        ScoredRows scored = ScoredRows.Of(model, RowsOf(WithCategories(model, folder), input));

        // Sums run in the tools' own order and width, so the bits are theirs, not only the cases' tolerance.
        bool isLightGbm = name.StartsWith("lightgbm", StringComparison.Ordinal);
        AssertEqual(expected.Numbers("raw"), scored.Raw, 0, "raw", !isLightGbm);
        AssertEqual(expected.Numbers("pred"), scored.Predictions, isLightGbm ? 1e-14 : 1e-6, "pred");
        string leaves = Path.Combine(folder, "leaf.csv");
        if (File.Exists(leaves))
        {
            Assert.Equal(CsvTable.Read(leaves).Numbers("leaf"),
                scored.Leaves.Select(row => row.Select(leaf => (double)leaf).ToArray()));
        }
    }

    private static double[][] RowsOf(IReadOnlyList<ModelFeature> features, CsvTable input) =>
        [.. input.Rows.Select(row => row.Select((cell, i) => CellOf(features[i], cell)).ToArray())];

    /// <summary>Versions before 3.1 keep no names of categories: their codes follow the order of the case's.</summary>
    private static ModelFeature[] WithCategories(ScoringModel model, string folder)
    {
        using JsonDocument about = JsonDocument.Parse(File.ReadAllText(Path.Combine(folder, "case.json")));
        return [.. model.Features.Select(feature =>
            !feature.TakesText && about.RootElement.TryGetProperty("categories", out JsonElement all)
                && all.TryGetProperty(feature.Name, out JsonElement names)
                && names.ValueKind == JsonValueKind.Array && names[0].ValueKind == JsonValueKind.String
                ? feature with { Categories = [.. names.EnumerateArray().Select(name => name.GetString()!)] }
                : feature)];
    }

    private static double CellOf(ModelFeature feature, string cell) =>
        feature.TakesText && cell.Length > 0 ? feature.CodeOf(cell) : CsvTable.Number(cell);

    private static void AssertEqual(
        double[][] expected, double[][] found, double tolerance, string what, bool asSingle = false)
    {
        Assert.Equal(expected.Length, found.Length);
        for (int row = 0; row < expected.Length; row++)
        {
            Assert.Equal(expected[row].Length, found[row].Length);
            for (int k = 0; k < expected[row].Length; k++)
            {
                double allowed = tolerance * (1 + Math.Abs(expected[row][k]));
                double wanted = asSingle ? (float)expected[row][k] : expected[row][k];
                bool isEqual = wanted.Equals(found[row][k]) || Math.Abs(wanted - found[row][k]) <= allowed;
                Assert.True(isEqual, $"{what}_{k} of row {row}: {found[row][k]:R}, expected {wanted:R}");
            }
        }
    }
}
