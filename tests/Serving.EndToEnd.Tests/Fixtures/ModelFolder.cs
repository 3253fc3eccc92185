using Serving.Engine.Bundles;

namespace Serving.EndToEnd.Tests.Fixtures;

/// <summary>
/// A models folder with the script model <c>pay</c> and its three-output sister <c>multi</c>, packed for real.
/// </summary>
internal sealed class ModelFolder : IDisposable
{
    private const string Script = """
        features pay 1 zone "UTC";
        request txn { id: string; at: time; amount: decimal(2); age: float?; count: int?; foreign: bool?;
                      tags: list(string, 3)?; ratio: float; fraud: bool; } id id, time at;
        feature amount_v = amount;
        feature age_v = age;
        feature ratio_v = ratio;
        feature tag_h = tags -> hash(64);
        feature count_b = count -> edges(1, 10, 100);
        label bad = fraud;
        """;

    public ModelFolder()
    {
        Publish("pay", 1);
        Publish("multi", 1, outputs: 3);
    }

    public string Root { get; } = Directory.CreateTempSubdirectory("serving-e2e-").FullName;

    public string Models => Directory.CreateDirectory(Path.Combine(Root, "models")).FullName;

    public void Publish(string name, long version, int outputs = 1, Func<string, string>? change = null) =>
        BundleWriter.WriteToModels(Draft(name, version, outputs, change), name, Models, version);

    /// <summary>Publishes a version with another bias, and decisions where they are given.</summary>
    public void Publish(string name, long version, double bias, string? decisions = null)
    {
        string? path = decisions is null ? null : Path.Combine(Root, $"{name}-{version}-decision.json");
        if (path is not null)
        {
            File.WriteAllText(path, decisions);
        }

        BundleWriter.WriteToModels(Draft(name, version, 1, null, bias, path), name, Models, version);
    }

    /// <summary>Packs a version as one file outside the models folder, to be uploaded.</summary>
    public string Pack(string name, long version, double bias = -1.5, Func<string, string>? change = null)
    {
        string path = Path.Combine(Root, $"{name}-{version}-{bias}.bundle");
        BundleWriter.WriteTo(Draft(name, version, 1, change, bias), path, version);
        return path;
    }

    private BundleDraft Draft(
        string name, long version, int outputs, Func<string, string>? change, double bias = -1.5,
        string? decisions = null)
    {
        string script = Path.Combine(Root, $"{name}-{version}.feat");
        string model = Path.Combine(Root, "linear.json");
        File.WriteAllText(script, (change ?? (text => text))(Script));
        string Numbers(double first) =>
            string.Join(", ", Enumerable.Range(0, outputs).Select(output => first + (output * 0.25)));
        File.WriteAllText(model, $$"""
            { "format": "serving.linear", "version": 1, "link": "{{(outputs == 1 ? "logit" : "softmax")}}",
              "bias": [{{Numbers(bias)}}],
              "dense": { "amount_v": [{{Numbers(0.01)}}], "age_v": [{{Numbers(-0.02)}}],
                         "ratio_v": [{{Numbers(0.3)}}] },
              "ids": { "tag_h": { "size": 66, "weights": [[2, {{Numbers(0.5)}}], [17, {{Numbers(-0.25)}}]] },
                       "count_b": { "size": 6, "weights": [[2, {{Numbers(0.1)}}], [3, {{Numbers(0.2)}}]] } } }
            """);
        var request = new PackRequest
        {
            Name = name, ModelPath = model, ScriptPath = script, DecisionPath = decisions,
        };
        return BundleDraft.Create(request, TimeProvider.System);
    }

    public void Dispose() => Directory.Delete(Root, recursive: true);
}
