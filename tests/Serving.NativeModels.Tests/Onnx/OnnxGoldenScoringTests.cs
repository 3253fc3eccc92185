using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using Serving.Data;
using Serving.Models.Tensors;
using Serving.NativeModels.Onnx;
using Serving.Testing;

namespace Serving.NativeModels.Tests.Onnx;

/// <summary>Exports of other tools answer what those tools expect.</summary>
public sealed class OnnxGoldenScoringTests
{
    private const string Signature = "serving_default";

    private static readonly Regex Tolerance = new(
        @"(?<kind>abs|rel) (?<value>[0-9.e-]+)", RegexOptions.NonBacktracking | RegexOptions.ExplicitCapture);

    public static TheoryData<string> TorchCases => Cases("torch");

    public static TheoryData<string> LearningCases => Cases("sklearn");

    public static TheoryData<string> ConvertedCases => [.. Cases("tf-2.15").Concat(Cases("tf-2.19"))];

    public static TheoryData<string> MalformedCases => Cases("malformed/onnx");

    [Theory]
    [MemberData(nameof(TorchCases))]
    public async Task Score_Torch_AnswersAsExpected(string name)
    {
        string folder = Folder(name);
        string text = JsonDocument.Parse(Read(folder, "case.json")).RootElement.GetProperty("tolerance").GetString()!;
        double absolute = 0;
        double relative = 0;
        foreach (Match match in Tolerance.Matches(text))
        {
            double value = double.Parse(match.Groups["value"].Value, CultureInfo.InvariantCulture);
            absolute = match.Groups["kind"].Value == "abs" ? value : absolute;
            relative = match.Groups["kind"].Value == "rel" ? value : relative;
        }

        await CompareAsync(folder, Read(folder, "input.json"), Parse(folder, "expected.json"), absolute, relative);
    }

    [Theory]
    [MemberData(nameof(LearningCases))]
    public async Task Score_ScikitLearn_AnswersAsTheRuntimeAlone(string name)
    {
        string folder = Folder(name);
        await CompareAsync(folder, Read(folder, "input.json"), Parse(folder, "onnxruntime.json"), 1e-5, 1e-5);
    }

    [Theory]
    [MemberData(nameof(ConvertedCases))]
    public async Task Score_ConvertedFromTensorFlow_AnswersAsItsSource(string name)
    {
        string folder = Folder(name);
        string says = Path.Combine(folder, "tf2onnx.json");
        Assert.SkipUnless(
            File.Exists(says) && File.ReadAllText(says).Contains("\"agrees\"", StringComparison.Ordinal),
            "the converter's own result does not run, or differs");
        string inputs = Parse(folder, "input.json").GetProperty(Signature).GetRawText();
        await CompareAsync(folder, inputs, Parse(folder, "expected.json").GetProperty(Signature), 1e-5, 1e-4);
    }

    [Theory]
    [MemberData(nameof(MalformedCases))]
    public void Open_Malformed_IsRefusedWithAReason(string name)
    {
        string path = Path.Combine(Folder(name), "model.onnx");
        var factory = new OnnxScorerFactory(TimeProvider.System);
        InputException refused = Assert.Throws<InputException>(
            () => factory.Open(FolderModelFiles.Open(path), TensorModelOptions.Default));
        Assert.NotEmpty(refused.Problems);
    }

    private static async Task CompareAsync(
        string folder, string inputs, JsonElement expected, double absolute, double relative)
    {
        var factory = new OnnxScorerFactory(TimeProvider.System);
        FolderModelFiles files = FolderModelFiles.Open(Path.Combine(folder, "model.onnx"));
        using ITensorScorer scorer = factory.Open(files, TensorModelOptions.Default);
        using TensorCall call = scorer.CreateCall(0);

        // The first call learns shapes, the second runs on bound outputs: both answer the same.
        for (int run = 0; run < 3; run++)
        {
            JsonElement found = await JsonAnswers.OfAsync(call, inputs);
            Assert.Null(JsonAnswers.Difference(found, expected, absolute, relative));
        }
    }

    private static TheoryData<string> Cases(string group)
    {
        if (SharedFiles.Find($"data/golden/{group}") is not { } folder)
        {
            return [$"{group}/absent"];
        }

        return [.. Directory.GetDirectories(folder).Order(StringComparer.Ordinal)
            .Select(path => $"{group}/{Path.GetFileName(path)}")];
    }

    private static string Folder(string name)
    {
        string? folder = SharedFiles.Find($"data/golden/{name}");
        Assert.SkipWhen(folder is null, $"shared/data/golden/{name} is absent");
        return folder!;
    }

    private static string Read(string folder, string file) => File.ReadAllText(Path.Combine(folder, file));

    private static JsonElement Parse(string folder, string file)
    {
        using JsonDocument document = JsonDocument.Parse(Read(folder, file));
        return document.RootElement.Clone();
    }
}
