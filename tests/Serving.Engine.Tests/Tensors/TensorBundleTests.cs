using System.Text;
using Serving.Data;
using Serving.Data.Cells;
using Serving.Data.Tensors.Json;
using Serving.Engine.Bundles;
using Serving.Engine.Pipeline;
using Serving.Engine.Tests.Fakes;
using Serving.Engine.Versions;
using Serving.Models.Tensors;
using Serving.Testing.Tensors;
using Xunit;

namespace Serving.Engine.Tests.Tensors;

/// <summary>Bundles of tensor models served raw, with a runtime of the tests' own.</summary>
public sealed class TensorBundleTests : IDisposable
{
    private const string Scale2 =
        "signature serving_default\ninput x f32 ?,2\noutput y f32 ?,2 = scale x 2\nneeds w.bin\n";

    private const string Scale3 = "signature serving_default\ninput x f32 ?,2\noutput y f32 ?,2 = scale x 3\n";

    private readonly BundleFolder _folder = new();
    private readonly ToyFactory _toys = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void WriteTo_ATensorModel_VerifiesWithAndWithoutItsRuntime()
    {
        Pack("bundle", Scale2);
        Assert.True(File.Exists(Path.Combine(_folder["bundle"], "model", "w.bin")));
        BundleVerification found = BundleVerifier.Verify(_folder["bundle"], [_toys]);
        Assert.True(found.IsOk, string.Join('\n', found.Problems));
        Assert.Equal("values", found.Description!.Manifest.Tensors!.Compare);
        Assert.Equal(["serving_default: x: f32[?,2]"], found.Description.Inputs);
        Assert.Equal(2, found.Description.Manifest.SampleCount);
        Assert.Equal(0, _toys.OpenCount);
        Assert.False(BundleVerifier.Verify(_folder["bundle"]).IsOk);
    }

    [Fact]
    public void WriteTo_RuntimeMissing_IsUncheckedAndVerifies()
    {
        _toys.IsMissing = true;
        Pack("bundle", Scale2);
        BundleVerification found = BundleVerifier.Verify(_folder["bundle"], [_toys]);
        Assert.True(found.IsOk, string.Join('\n', found.Problems));
        Assert.Equal("unchecked", found.Description!.Manifest.Tensors!.Compare);
    }

    [Theory]
    [InlineData("stateful\n", "shapes", 1e-5)]
    [InlineData("random\n", "shapes", 1e-5)]
    [InlineData("reduced\n", "values", 2e-2)]
    public void WriteTo_KindsOfModels_SayHowSamplesAreCompared(string flag, string compare, double tolerance)
    {
        Pack("bundle", flag + Scale3);
        TensorManifest manifest = BundleVerifier.Verify(_folder["bundle"], [_toys]).Description!.Manifest.Tensors!;
        Assert.Equal(compare, manifest.Compare);
        Assert.Equal(tolerance, manifest.Tolerance);
    }

    [Fact]
    public void WriteTo_SamplesThatTheModelRefuses_AreNamed()
    {
        BundleDraft draft = Draft(Scale3);
        draft.UseTensorSamples("{\"inputs\":{\"x\":[[1,2]]}}\n{\"inputs\":{\"x\":[[1,\"a\"]]}}\n"u8.ToArray());
        InputException refused = Assert.Throws<InputException>(() => BundleWriter.WriteTo(draft, _folder["b"]));
        Assert.Contains("samples:2, inputs.x[0][1]", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Poll_NewVersions_AreSwappedAndOldSessionsClosed()
    {
        using InferenceEngine engine = Engine();
        Publish(Scale2, 1);
        engine.Poll();
        Assert.Equal("""{"y":[[2,4]]}""", await PredictAsync(engine, 0));

        Publish(Scale3, 2);
        engine.Poll();
        Assert.Equal("""{"y":[[3,6]]}""", await PredictAsync(engine, 0));
        Assert.Equal(2, _toys.OpenCount);

        // What is gone from the folder is drained, retired and closed.
        Directory.Delete(Path.Combine(_folder.Models, "m", "1"), recursive: true);
        for (int i = 0; i < 4; i++)
        {
            engine.Poll();
        }

        Assert.Equal("""{"y":[[3,6]]}""", await PredictAsync(engine, 0));
        Assert.Equal(1, _toys.OpenCount);
    }

    [Fact]
    public void Poll_RuntimeThatIsNotThere_FailsWithHowToGetIt()
    {
        Publish(Scale2, 1);
        _toys.IsMissing = true;
        using InferenceEngine engine = Engine();
        engine.Poll();
        VersionStatus status = Assert.Single(engine.Versions);
        Assert.Equal(VersionState.Failed, status.State);
        Assert.Equal(
            "model: found a model whose runtime is not there, expected its runtime; "
                + "the toy box is not there; install it",
            status.Reason);
    }

    [Fact]
    public void Poll_AnswersThatDiffer_FailAndCloseTheSession()
    {
        Publish(Scale2, 1);
        string bundle = Path.Combine(_folder.Models, "m", "1");
        Rewrite(bundle, "expected.jsonl", text => text.Replace("\"y\"", "\"z\"", StringComparison.Ordinal));
        using InferenceEngine engine = Engine();
        engine.Poll();
        VersionStatus status = Assert.Single(engine.Versions);
        Assert.Equal(VersionState.Failed, status.State);
        Assert.Contains("output 'y'", status.Reason, StringComparison.Ordinal);
        Assert.Equal(0, _toys.OpenCount);
    }

    [Fact]
    public async Task Rent_TheWrongCall_IsFailedPreconditionAndNamesTheRightOne()
    {
        using InferenceEngine engine = Engine();
        Publish(Scale3, 1);
        engine.Poll();
        Assert.Equal(ErrorCode.FailedPrecondition, engine.Rent("m", 0, out _));
        Assert.Contains("/v1/tensors/m", engine.Explain("m", 0), StringComparison.Ordinal);
        Assert.Equal(ErrorCode.NotFound, engine.RentTensors("other"u8, 0, out _));
        Assert.Equal("""{"y":[[3,6]]}""", await PredictAsync(engine, 1));
    }

    private static async Task<string> PredictAsync(InferenceEngine engine, long version)
    {
        Assert.Equal(ErrorCode.None, engine.RentTensors("m"u8, version, out ScoringContext? context));
        using (context)
        {
            TensorCall call = context!.Tensor.Begin(0);
            TensorJsonReader.Read("{\"inputs\":{\"x\":[[1,2]]}}"u8, call);
            Assert.Equal(ErrorCode.None, await engine.PredictAsync(context, TimeSpan.FromSeconds(1), default));
            Utf8Buffer text = new();
            TensorJsonWriter.WriteOutputs(text, call);
            return Encoding.UTF8.GetString(text.Written);
        }
    }

    // Changes a file and the manifest with it, as somebody would who wants it to pass.
    private static void Rewrite(string bundle, string file, Func<string, string> change)
    {
        string path = Path.Combine(bundle, file);
        string before = Sha(path);
        long size = new FileInfo(path).Length;
        File.WriteAllText(path, change(File.ReadAllText(path)));
        string manifest = Path.Combine(bundle, BundleManifest.FileName);
        string was = $"\"sha256\":\"{before}\",\"size\":{size}";
        string now = $"\"sha256\":\"{Sha(path)}\",\"size\":{new FileInfo(path).Length}";
        File.WriteAllText(manifest, File.ReadAllText(manifest).Replace(was, now, StringComparison.Ordinal));
    }

    private static string Sha(string path) =>
        Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(File.ReadAllBytes(path)));

    private InferenceEngine Engine() => new(
        new EngineOptions
        {
            ModelsFolder = _folder.Models,
            Runtimes = [_toys],
            LoadInline = true,
            KeepPrevious = TimeSpan.Zero,
        },
        TimeProvider.System);

    private BundleDraft Draft(string text)
    {
        string path = _folder["m.toy"];
        File.WriteAllText(path, text);
        File.WriteAllText(_folder["w.bin"], "weights");
        return BundleDraft.Create(
            new PackRequest { Name = "m", ModelPath = path }, TimeProvider.System, [_toys]);
    }

    private void Pack(string name, string text) => BundleWriter.WriteTo(Draft(text), _folder[name]);

    private void Publish(string text, long version) =>
        BundleWriter.WriteToModels(Draft(text), "m", _folder.Models, version);
}
