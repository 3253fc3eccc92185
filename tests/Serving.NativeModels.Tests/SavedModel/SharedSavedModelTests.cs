using System.Text.Json;
using Serving.Data;
using Serving.Data.Tensors;
using Serving.Models.Tensors;
using Serving.NativeModels.SavedModel;

namespace Serving.NativeModels.Tests.SavedModel;

public sealed class SharedSavedModelTests
{
    // Names of their exporter's types in case.json.
    private static readonly Dictionary<string, TensorType> Types = new()
    {
        ["float32"] = TensorType.Float32,
        ["float64"] = TensorType.Float64,
        ["float16"] = TensorType.Float16,
        ["int32"] = TensorType.Int32,
        ["int64"] = TensorType.Int64,
        ["bool"] = TensorType.Bool,
        ["string"] = TensorType.Text,
    };

    [Fact]
    public void Read_EveryRealExport_GivesItsSignatures()
    {
        Assert.SkipWhen(SharedModels.Cases.Count == 0, "shared/data/golden is absent");
        foreach (string name in SharedModels.Cases)
        {
            string folder = SharedModels.Folder(name);
            SavedModelFile file = ReadOrFail(name, folder);
            using var document = JsonDocument.Parse(
                File.ReadAllText(Path.Combine(Path.GetDirectoryName(folder)!, "case.json")));
            JsonElement expected = document.RootElement;
            Assert.Equal(expected.GetProperty("version").GetString(), file.Model.ToolVersion);
            Assert.Equal(["serve"], file.Model.Tags);
            Assert.Empty(file.Model.UnsafeOperators);
            Assert.True(file.Model.WeightBytes > 0 || name.Contains("ops", StringComparison.Ordinal), name);
            foreach (JsonProperty signature in expected.GetProperty("signatures").EnumerateObject())
            {
                TensorSignature found = Assert.Single(file.Model.Signatures, one => one.Name == signature.Name);
                Assert.Equal(signature.Value.GetProperty("method").GetString(), found.Method);
                Compare(name, signature.Value.GetProperty("inputs"), [.. found.Inputs]);
                Compare(name, signature.Value.GetProperty("outputs"), [.. found.Outputs]);
            }
        }
    }

    [Fact]
    public void Read_EveryMalformedExport_IsRefused()
    {
        Assert.SkipWhen(SharedModels.Malformed.Count == 0, "shared/data/golden is absent");
        foreach (string name in SharedModels.Malformed)
        {
            FolderModelFiles files = FolderModelFiles.Open(SharedModels.Folder(name));
            InputException refused = Assert.Throws<InputException>(
                () => SavedModelFile.Read(files, TensorModelOptions.Default));
            Assert.NotEmpty(refused.Problems);
            TestContext.Current.SendDiagnosticMessage("{0}: {1}", name, refused.Message);
        }
    }

    [Fact]
    public void Read_ModelWithAVocabularyFile_PacksItAndTakesItsTable()
    {
        SavedModelFile file = ReadOrFail("", SharedModels.Folder("data/golden/tf-2.19/vocab-file-asset"));
        Assert.Contains(file.Model.Files, name => name.StartsWith("assets/", StringComparison.Ordinal));
        Assert.Contains("InitializeTableFromTextFileV2", file.Model.Operators);
    }

    [Fact]
    public void Read_ModelThatParsesExamples_SaysWhichFeaturesItAsks()
    {
        SavedModelFile file = ReadOrFail("", SharedModels.Folder("data/golden/tf-2.19/tf-example-classify"));
        foreach (TensorSignature signature in file.Model.Signatures)
        {
            TensorSpec input = Assert.Single(signature.Inputs);
            Assert.Contains(new ExampleFeature("vec", TensorType.Float32, 3, true), input.Example);
            Assert.Contains(input.Example, feature => feature is { Name: "country", Type: TensorType.Text });
            Assert.Contains(input.Example, feature => feature is { Name: "clicks", Type: TensorType.Int64 });
            Assert.DoesNotContain(input.Example, feature => feature.Name == "unused");
        }
    }

    private static SavedModelFile ReadOrFail(string name, string folder)
    {
        try
        {
            return SavedModelFile.Read(FolderModelFiles.Open(folder), TensorModelOptions.Default);
        }
        catch (InputException refused)
        {
            throw new InvalidOperationException($"{name} {refused.Message}", refused);
        }
    }

    private static void Compare(string name, JsonElement expected, TensorSpec[] found)
    {
        Assert.Equal(expected.GetArrayLength(), found.Length);
        foreach (JsonElement one in expected.EnumerateArray())
        {
            TensorSpec spec = Assert.Single(found, spec => spec.Name == one.GetProperty("name").GetString());
            Assert.True(Types[one.GetProperty("dtype").GetString()!] == spec.Type, $"{name} {spec}");
            JsonElement shape = one.GetProperty("shape");
            Assert.True(
                shape.ValueKind == JsonValueKind.Null
                    ? spec.Shape is null
                    : shape.EnumerateArray().Select(size => size.GetInt64()).SequenceEqual(spec.Shape!.Value),
                $"{name} {spec} {shape}");
        }
    }
}
