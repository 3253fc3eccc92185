using Serving.Engine.Bundles;

namespace Serving.Engine.Tests.Fakes;

/// <summary>A temporary folder with fake models and bundles of them.</summary>
internal sealed class BundleFolder : IDisposable
{
    public const string Model = "bias 1.5\ndense amount 2\ndense age -0.5\nids mcc 10 3\n";

    public string Root { get; } = Directory.CreateTempSubdirectory("serving-engine-").FullName;

    public string Models => Path.Combine(Root, "models");

    public string this[string name] => Path.Combine(Root, name);

    public string WriteModel(string text = Model)
    {
        string path = Path.Combine(Root, "fake.txt");
        File.WriteAllText(path, text);
        return path;
    }

    public BundleDraft Draft(string name = "m", string text = Model, FakeModelReader? reader = null) =>
        BundleDraft.Create(
            new PackRequest { Name = name, ModelPath = WriteModel(text) },
            TimeProvider.System,
            reader ?? new FakeModelReader());

    /// <summary>Packs a bundle in a folder (or, by its name, a file) and returns its path.</summary>
    public string Pack(string name = "bundle", string text = Model)
    {
        BundleWriter.WriteTo(Draft(text: text), this[name]);
        return this[name];
    }

    /// <summary>Packs a version into the models folder.</summary>
    public string Publish(
        string name, long? version = null, string text = Model, Action<BundleDraft>? change = null)
    {
        BundleDraft draft = Draft(name, text);
        change?.Invoke(draft);
        BundleManifest manifest = BundleWriter.WriteToModels(draft, name, Models, version);
        return Path.Combine(Models, name, $"{manifest.Version}");
    }

    public void Dispose() => Directory.Delete(Root, recursive: true);
}
