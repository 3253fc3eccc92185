using System.Globalization;
using System.Text.Json.Nodes;
using Serving.Cli.CommandLine;
using Serving.Engine.Bundles;

namespace Serving.Cli.Demonstration;

/// <summary>
/// Makes further versions of a sample model: the same trees over another base score, so that one is a little better
/// calibrated and another has been exported on a wrong scale.
/// </summary>
internal sealed class DemoVersions : IDisposable
{
    // The sample's chargebacks come late: a fiftieth more odds is what a month of them adds.
    private const double BetterOdds = 1.02;
    private const double WrongScale = 0.5;

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("serving-demo-versions-");
    private readonly string _source;
    private readonly Bundle _bundle;

    /// <summary>Takes the sample that is to be changed.</summary>
    /// <exception cref="UsageException">It is of another kind than those that can be changed.</exception>
    public DemoVersions(string source, Bundle bundle)
    {
        _source = source;
        _bundle = bundle;
        if (bundle.Manifest.ModelFormat != "xgboost-json")
        {
            _folder.Delete(recursive: true);
            throw new UsageException(
                $"--canary shows models of XGBoost such as card-fraud, not {bundle.Manifest.Name}");
        }
    }

    /// <summary>A version that scores a little better.</summary>
    public string Better(long version) => Pack(version, score => score * BetterOdds / (1 + (score * (BetterOdds - 1))));

    /// <summary>A version whose base score is of another scale.</summary>
    public string Broken(long version) => Pack(version, _ => WrongScale);

    /// <inheritdoc/>
    public void Dispose() => _folder.Delete(recursive: true);

    private string Pack(long version, Func<double, double> change)
    {
        BundleManifest manifest = _bundle.Manifest;
        string model = Path.Combine(_folder.FullName, Path.GetFileName(manifest.Model));
        JsonNode document = JsonNode.Parse(File.ReadAllText(Path.Combine(_source, manifest.Model)))!;
        JsonObject parameters = document["learner"]!["learner_model_param"]!.AsObject();
        double score = double.Parse(parameters["base_score"]!.GetValue<string>(), CultureInfo.InvariantCulture);
        parameters["base_score"] = change(score).ToString("R", CultureInfo.InvariantCulture);
        File.WriteAllText(model, document.ToJsonString());
        var request = new PackRequest
        {
            Name = manifest.Name,
            ModelPath = model,
            ScriptPath = PathOf(manifest.Script),
            StatisticsPath = PathOf(manifest.Statistics),
        };
        string path = Path.Combine(_folder.FullName, $"{version}{BundleNames.FileSuffix}");
        BundleWriter.WriteTo(
            BundleDraft.Create(request, TimeProvider.System), path, version, _bundle.SampleSet);
        return path;
    }

    private string? PathOf(string? file) => file is null ? null : Path.Combine(_source, file);
}
