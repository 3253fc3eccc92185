using Serving.Data;
using Serving.Models.Tensors;
using Serving.NativeModels.Batching;
using Serving.NativeModels.Hosting;
using Serving.NativeModels.Tests.Fakes;

namespace Serving.NativeModels.Tests.Hosting;

public sealed class NativeHostingTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("serving-hosting-tests-");

    public void Dispose() => _folder.Delete(recursive: true);

    public static TheoryData<string, RowSumOption, NativeModelOptions, int, string> Hostings()
    {
        NativeModelOptions options = new();
        return new()
        {
            { "by default", RowSumOption.None, options, 3, "on" },
            { "off", RowSumOption.None, options with { Batching = null }, 3, "off" },
            { "no samples", RowSumOption.None, options, 0, "off: there are no samples to try it with" },
            { "one sample", RowSumOption.None, options, 1, "off: fewer than two samples of one shape to try it with" },
            {
                "mixes rows", RowSumOption.Mixes, options, 3,
                "off: output 'sum' of a row differs by more than 1E-05 when others run with it"
            },
            { "state", RowSumOption.Stateful, options, 3, "off: calls change its state" },
            { "chance", RowSumOption.Random, options, 3, "off: equal calls may answer differently" },
            { "forced", RowSumOption.Stateful, options with { IsBatchingForced = true }, 3, "on" },
        };
    }

    [Theory]
    [MemberData(nameof(Hostings))]
    public void Open_AModel_BatchesWhereRowsDoNotSeeEachOther(
        string name, RowSumOption option, NativeModelOptions options, int samples, string batching)
    {
        Assert.NotEmpty(name);
        using ITensorScorer scorer = Open(new OptionFactory(option), options, samples);
        Assert.Equal(batching, scorer.Host.Batching);
        Assert.Equal(TensorHost.NoIsolation, scorer.Host.Isolation);
        using TensorCall call = scorer.CreateCall(0);
        Assert.Equal(batching == "on", call is BatchedCall);
    }

    [Fact]
    public async Task Open_WithSamples_HasRunEverySizeBefore()
    {
        OptionFactory factory = new(RowSumOption.None);
        BatchingOptions batching = BatchingOptions.Default with { RowsMax = 4, Sizes = [1, 2, 4] };
        using ITensorScorer scorer = Open(factory, new NativeModelOptions { Batching = batching }, 2);
        int[] ran = [.. factory.RowsRun.Distinct().Order()];
        Assert.Subset(ran.ToHashSet(), new HashSet<int> { 1, 2, 4 });
        using TensorCall call = scorer.CreateCall(0);
        RowSumScorer.Fill(call, 5, 2);
        await call.RunAsync(TimeSpan.FromSeconds(10), TestContext.Current.CancellationToken);
        RowSumScorer.AssertAnswer(call, 5, 2);
    }

    [Fact]
    public void Open_RowsThatGoAlone_FormNoBatches()
    {
        using ITensorScorer scorer = Open(
            new OptionFactory(RowSumOption.None), new NativeModelOptions(), 3, "each row goes alone");
        Assert.Equal("off: each row goes alone", scorer.Host.Batching);
        Assert.False(scorer.IsDeferred);
    }

    [Fact]
    public void Open_IsolatedWithoutAWorkerToStart_IsRefusedByName()
    {
        InputException refused = Assert.Throws<InputException>(() => Open(
            new OptionFactory(RowSumOption.None), new NativeModelOptions { IsIsolated = true }, 3));
        Assert.Contains("isolation: found process", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Open_AModelThatMayNotBeBatched_IsClosedWithItsHost()
    {
        OptionFactory factory = new(RowSumOption.Mixes);
        Open(factory, new NativeModelOptions(), 3).Dispose();
        Assert.Equal(0, factory.OpenCount);
    }

    // Samples of one row and of two.
    private ITensorScorer Open(
        OptionFactory factory, NativeModelOptions options, int samples, string? whyAlone = null)
    {
        string path = Path.Combine(_folder.FullName, "model.fake");
        File.WriteAllText(path, "a model");
        NativeHosting hosting = new(_ => options, workers: null, TimeProvider.System);
        return hosting.Open(
            new TensorOpening("m", 1, factory, FolderModelFiles.Open(path), TensorModelOptions.Default)
            {
                WhyAlone = whyAlone,
                FillSamples = (scorer, signature) => [.. Enumerable.Range(0, samples).Select(number =>
                {
                    TensorCall call = scorer.CreateCall(signature);
                    RowSumScorer.Fill(call, number, 1 + (number % 2));
                    return call;
                })],
            });
    }
}
