using Serving.Data;

namespace Serving.Engine.Bundles;

/// <summary>Reads the model formats of Serving.Models.</summary>
internal sealed class ModelFileReader : IBundleModelReader
{
    /// <summary>The one reader; it has no state.</summary>
    public static ModelFileReader Instance { get; } = new();

    public BundleModel Read(string file, Func<string, byte[]?> open, string sum) =>
        throw new InputException(new InputProblem(file, "a model", "a format that is read"));
}
