using Serving.Data;
using Serving.Models.Import.Onnx;
using Serving.Models.Tensors;
using Serving.Models.Tests.Golden;
using Serving.Testing;

namespace Serving.Models.Tests.Import.Onnx;

/// <summary>Real files of other tools pass; the broken ones are refused before a runtime sees them.</summary>
public sealed class OnnxGoldenTests
{
    public static TheoryData<string> BrokenCases => GoldenCases.In("malformed/onnx");

    [Theory]
    [MemberData(nameof(BrokenCases))]
    public void Check_Malformed_IsRefusedWithAReason(string name)
    {
        string path = Path.Combine(GoldenCases.Folder(name), "model.onnx");
        InputException refused = Assert.Throws<InputException>(
            () => OnnxFile.Check(FolderModelFiles.Open(path), TensorModelOptions.Default));
        Assert.NotEmpty(refused.Problems);
        TestContext.Current.TestOutputHelper?.WriteLine(refused.Message);
    }

    [Theory]
    [InlineData("data/golden", "model.onnx")]
    [InlineData("data/scoring-cases/onnx", "model.onnx")]
    public void Check_RealModels_AllPass(string folder, string file)
    {
        string? shared = SharedFiles.Find(folder);
        Assert.SkipWhen(shared is null, $"shared/{folder} is absent");
        string[] paths = [.. Directory.GetFiles(shared!, file, SearchOption.AllDirectories)
            .Where(path => !path.Contains("/malformed/", StringComparison.Ordinal) && RuntimeTakes(path))
            .Order(StringComparer.Ordinal)];
        List<string> refused = [];
        foreach (string path in paths)
        {
            try
            {
                TensorModel model = OnnxFile.Check(FolderModelFiles.Open(path), TensorModelOptions.Default);
                Assert.NotEmpty(model.Operators);
            }
            catch (InputException error)
            {
                refused.Add($"{path}: {error.Message}");
            }
        }

        Assert.True(refused.Count == 0, string.Join('\n', refused));
    }

    // tf2onnx writes operators that there are not, and its cases say so.
    private static bool RuntimeTakes(string path)
    {
        string says = Path.Combine(Path.GetDirectoryName(path)!, "tf2onnx.json");
        return !File.Exists(says) || !File.ReadAllText(says).Contains("FAILS", StringComparison.Ordinal);
    }
}
