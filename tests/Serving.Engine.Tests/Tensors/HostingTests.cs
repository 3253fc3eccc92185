using Serving.Engine.Bundles;
using Serving.Engine.Tests.Fakes;
using Serving.Engine.Tests.Tensors.Mapping;
using Serving.Engine.Versions;
using Serving.Models.Tensors;
using Serving.Testing.Tensors;
using Xunit;

namespace Serving.Engine.Tests.Tensors;

/// <summary>What the engine tells whoever hosts its tensor models, and what it shows of them.</summary>
public sealed class HostingTests
{
    private const string Toy = "signature serving_default\ninput x f32 ?,2\noutput y f32 ?,2 = scale x 2\n";

    [Fact]
    public void Load_ARawModel_IsOpenedByItsHostWithLimitsOfBothAndItsSamples()
    {
        using var folder = new BundleFolder();
        var toys = new ToyFactory();
        File.WriteAllText(folder["m.toy"], Toy);
        TensorModelOptions packed = TensorModelOptions.Default with
        {
            AllowedOperators = ["A", "B"], CallTime = TimeSpan.FromSeconds(7),
        };
        BundleWriter.WriteToModels(
            BundleDraft.Create(
                new PackRequest { Name = "m", ModelPath = folder["m.toy"], Tensors = packed },
                TimeProvider.System,
                [toys]),
            "m",
            folder.Models);
        var hosting = new Hosting(TensorModelOptions.Default with
        {
            AllowedOperators = ["B", "C"], CallTime = TimeSpan.FromSeconds(9), Threads = 3,
        });

        VersionStatus status = StatusOf(folder.Models, toys, hosting);

        TensorOpening opening = hosting.Opened!;
        Assert.Equal(("m", 1L), (opening.Model, opening.Version));
        Assert.Equal(["B"], opening.Options.AllowedOperators);
        Assert.Equal((TimeSpan.FromSeconds(7), 3), (opening.Options.CallTime, opening.Options.Threads));
        Assert.Equal(["[1,2]", "[3,2]"], hosting.Shapes);
        Assert.Equal(new TensorStatus("toybox 1", TensorHost.Plain, false), status.Tensors);
    }

    [Fact]
    public void Load_AModelBehindAScript_HasCallsOfOneRowFilledByItsColumns()
    {
        using var world = new MappedWorld();
        world.Publish(
            "signature serving_default\ninput x f32 ?,1\noutput y f32 ?,1 = copy x\n",
            """{ "inputs": { "x": ["mcc_b"] } }""");
        var hosting = new Hosting(TensorModelOptions.Default);

        VersionStatus status = StatusOf(world.Models, world.Toys, hosting);

        Assert.True(hosting.Shapes.Count >= 2);
        Assert.All(hosting.Shapes, shape => Assert.Equal("[1,1]", shape));
        Assert.Subset(new HashSet<float> { 0, 2, 3, 4 }, hosting.First.ToHashSet());
        Assert.NotNull(status.Tensors);
    }

    private static VersionStatus StatusOf(string models, ToyFactory toys, Hosting hosting)
    {
        using var engine = new InferenceEngine(
            new EngineOptions { ModelsFolder = models, LoadInline = true, Runtimes = [toys], Hosting = hosting },
            TimeProvider.System);
        for (int poll = 0; poll < 10 && engine.ReadyModels.Length == 0; poll++)
        {
            engine.Poll();
        }

        VersionStatus status = engine.Versions.Single();
        Assert.True(status.State == VersionState.Ready, status.Reason);
        return status;
    }

    // Opens as it is, and keeps what it was told.
    private sealed class Hosting(TensorModelOptions options) : ITensorHosting
    {
        public TensorOpening? Opened { get; private set; }

        public List<string> Shapes { get; } = [];

        public List<float> First { get; } = [];

        public TensorModelOptions OptionsOf(string model) => options;

        public ITensorScorer Open(TensorOpening opening)
        {
            Opened = opening;
            ITensorScorer scorer = PlainTensorHosting.Default.Open(opening);
            foreach (TensorCall call in opening.FillSamples(scorer, 0))
            {
                Shapes.Add($"[{string.Join(',', call.Input(0).Shape.ToArray())}]");
                First.Add(call.Input(0).Values<float>()[0]);
                call.Dispose();
            }

            return scorer;
        }
    }
}
