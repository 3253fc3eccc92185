using Serving.Data;
using Serving.EndToEnd.Tests.Fixtures;
using Serving.Engine.Versions;
using Serving.Models.Tensors;
using Serving.Testing.Tensors;

namespace Serving.EndToEnd.Tests.Tensors;

/// <summary>An operator that reaches outside runs where the bundle and the server both allow it.</summary>
public sealed class AllowedOperatorTests
{
    private const string Toy = "signature serving_default\ninput x f32 ?,2\noutput y f32 ?,2 = copy x\n";

    [Theory]
    [InlineData(true, true, VersionState.Ready)]
    [InlineData(true, false, VersionState.Failed)]
    [InlineData(false, true, VersionState.Failed)]
    [InlineData(false, false, VersionState.Failed)]
    public async Task Model_WithAnOperatorThatReachesOutside_IsReadyWhereBothAllowIt(
        bool bundleAllows, bool serverAllows, VersionState state)
    {
        var runtime = new ReachingFactory();
        string config = serverAllows ? "models: { toy: { allow-operators: [Reach] } }" : "";
        await using TestServer server = TensorServer.Create(config, [runtime]);
        TensorModelOptions packed = TensorModelOptions.Default with { AllowedOperators = ["Reach"] };
        if (bundleAllows)
        {
            TensorServer.PublishToy(server.Folder, "toy", Toy, runtime, packed);
        }
        else
        {
            // Only a factory that does not look lets such a bundle be packed.
            TensorServer.PublishToy(server.Folder, "toy", Toy, new ToyFactory());
        }

        await server.InitializeAsync();
        VersionStatus found = server.Host.Engine.Versions.Single(version => version.Model == "toy");
        Assert.Equal(state, found.State);
        Assert.Equal(state == VersionState.Failed, found.Reason.Contains("Reach", StringComparison.Ordinal));
    }

    // Every model has an operator of that name.
    private sealed class ReachingFactory : IScorerFactory
    {
        private readonly ToyFactory _toys = new();

        public string Format => _toys.Format;

        public string RunsBy => _toys.RunsBy;

        public bool Recognises(ModelFiles files) => _toys.Recognises(files);

        public TensorModel Check(ModelFiles files, TensorModelOptions options) =>
            options.AllowedOperators.Contains("Reach")
                ? _toys.Check(files, options)
                : throw new InputException(
                    new InputProblem(files.Main, "operator Reach", "operators that are allowed"));

        public ITensorScorer Open(ModelFiles files, TensorModelOptions options)
        {
            Check(files, options);
            return _toys.Open(files, options);
        }
    }
}
