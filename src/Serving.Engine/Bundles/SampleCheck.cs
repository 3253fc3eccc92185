using Serving.Models.Tensors;

namespace Serving.Engine.Bundles;

/// <summary>
/// How the scores of samples are computed and compared. Features are compared bit for bit. Immutable.
/// </summary>
internal sealed record SampleCheck
{
    private const double FastTolerance = 1e-12;

    /// <summary>Bit for bit.</summary>
    public static SampleCheck Exact { get; } = new();

    /// <summary>Features alone: the model is not asked, since its runtime need not be there.</summary>
    public static SampleCheck Features { get; } = new() { AsksModel = false, ComparesScores = false };

    /// <summary>Whether the model is asked at all.</summary>
    public bool AsksModel { get; private init; } = true;

    /// <summary>Whether its scores are compared.</summary>
    public bool ComparesScores { get; private init; } = true;

    /// <summary>How far scores may lie apart, relative; 0 is bit for bit.</summary>
    public double Tolerance { get; private init; }

    /// <summary>Whether the tolerance counts as an absolute one too, as that of tensor models.</summary>
    public bool IsAbsolute { get; private init; }

    /// <summary>
    /// That of our own models: bit for bit; with sums in lanes within a relative 1e-12, since the order of additions
    /// depends on the width of vectors there.
    /// </summary>
    public static SampleCheck Of(string sum) => new() { Tolerance = sum == "fast" ? FastTolerance : 0 };

    /// <summary>That of a tensor model behind a script.</summary>
    public static SampleCheck Of(TensorManifest manifest) => new()
    {
        Tolerance = manifest.Tolerance,
        IsAbsolute = true,
        ComparesScores = manifest.Compare == TensorManifest.Values,
    };

    /// <summary>That of past answers of a tensor model: nothing can be said of one with state or chance.</summary>
    public static SampleCheck OfAnswers(TensorModel model, TensorManifest manifest) => Of(manifest) with
    {
        ComparesScores = !model.IsStateful && !model.IsRandom,
    };

    /// <summary>Whether two scores are the same.</summary>
    public bool AreEqual(double actual, double expected) =>
        BitConverter.DoubleToInt64Bits(actual) == BitConverter.DoubleToInt64Bits(expected)
        || (double.IsNaN(actual) && double.IsNaN(expected))
        || (Tolerance > 0 && Math.Abs(actual - expected)
            <= Tolerance * (IsAbsolute ? Math.Max(1, Math.Abs(expected)) : Math.Abs(expected)));
}
