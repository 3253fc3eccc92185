using Serving.Models.Tensors;

namespace Serving.NativeModels.Tests.Fakes;

/// <summary>Opens a <see cref="RowSumScorer"/> whatever the files hold.</summary>
internal sealed class RowSumFactory : IScorerFactory
{
    public string Format => "fake";

    public string RunsBy => "a fake";

    public bool Recognises(ModelFiles files) => true;

    public TensorModel Check(ModelFiles files, TensorModelOptions options)
    {
        using RowSumScorer scorer = new();
        return scorer.Model with { Files = [files.Main] };
    }

    public ITensorScorer Open(ModelFiles files, TensorModelOptions options) => new RowSumScorer { IsDeadly = true };
}
