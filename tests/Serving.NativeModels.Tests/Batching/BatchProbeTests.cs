using Serving.Data.Tensors;
using Serving.Models.Tensors;
using Serving.NativeModels.Batching;
using Serving.NativeModels.Tests.Fakes;
using Serving.Testing.Tensors;

namespace Serving.NativeModels.Tests.Batching;

public sealed class BatchProbeTests
{
    [Theory]
    [InlineData(false, null)]
    [InlineData(true, "output 'sum' of a row differs by more than 1E-05 when others run with it")]
    public async Task ReasonAgainst_ModelThatMixesRows_IsFound(bool mixes, string? reason)
    {
        using RowSumScorer model = new() { MixesRows = mixes };
        TensorCall[] samples = [.. Enumerable.Range(1, 3).Select(number =>
        {
            TensorCall call = model.CreateCall(0);
            RowSumScorer.Fill(call, number, number);
            return call;
        })];
        Assert.Equal(
            reason,
            await BatchProbe.ReasonAgainstAsync(model, 0, samples, TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task ReasonAgainst_AnOutputThatNobodyWants_StandsAgainstNothing()
    {
        string path = Path.Combine(Path.GetTempPath(), $"serving-probe-{Guid.NewGuid():N}.toy");
        await File.WriteAllTextAsync(
            path,
            "signature serving_default\ninput x f32 ?,1\noutput y f32 ?,1 = copy x\noutput z f32 ?,1 = copy x\n",
            TestContext.Current.CancellationToken);
        try
        {
            using ITensorScorer model = new ToyFactory().Open(FolderModelFiles.Open(path), TensorModelOptions.Default);
            TensorCall[] samples = [.. Enumerable.Range(1, 3).Select(number =>
            {
                TensorCall call = model.CreateCall(0);
                call.Begin();
                call.Want(1, false);
                call.Input(0).Reset(TensorType.Float32, [1, 1]);
                call.Input(0).Values<float>()[0] = number;
                return call;
            })];

            Assert.Null(await BatchProbe.ReasonAgainstAsync(model, 0, samples, TestContext.Current.CancellationToken));
        }
        finally
        {
            File.Delete(path);
        }
    }

    public static TheoryData<string, TensorModel, string?> Models()
    {
        TensorSpec free = new("x", TensorType.Float32, [-1, 4]);
        TensorSpec fix = new("y", TensorType.Float32, [1, 4]);
        TensorSpec maps = new("m", TensorType.Float32, null) { Kind = TensorKind.MapSequence };
        TensorSpec tensors = new("q", TensorType.Float32, null) { Kind = TensorKind.Sequence };
        return new()
        {
            { "free", Of(free, free), null },
            { "maps by row", Of(free, maps), null },
            { "state", Of(free, free) with { IsStateful = true }, "calls change its state" },
            { "fixed input", Of(fix, free), "input y: f32[1,4] has no free first dimension" },
            { "fixed output", Of(free, fix), "output y: f32[1,4] has no free first dimension" },
            { "sequence", Of(free, tensors), "output q: sequence(f32[...]) has no free first dimension" },
        };
    }

    [Theory]
    [MemberData(nameof(Models))]
    public void ReasonAgainst_Declaration_NamesWhatStandsAgainstIt(string name, TensorModel model, string? reason)
    {
        Assert.NotEmpty(name);
        Assert.Equal(reason, BatchableModel.ReasonAgainst(model, 0));
    }

    private static TensorModel Of(TensorSpec input, TensorSpec output) =>
        new("fake", "", "", [new TensorSignature("s", [input], [output])]);
}
