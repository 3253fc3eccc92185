using System.Collections.Immutable;
using Serving.Data;
using Serving.Engine.Drift;
using Serving.Features;

namespace Serving.Engine.Bundles;

/// <summary>
/// Builds a bundle of verified bytes: compiles the script, reads the model, maps columns, reads the samples.
/// </summary>
internal static class BundleLoader
{
    /// <summary>The bundle, or null after noting every problem.</summary>
    public static Bundle? Load(BundleContent content, IBundleModelReader models, BundleProblems problems)
    {
        BundleManifest manifest = content.Manifest;
        long before = problems.Count;
        FeatureScript? script = manifest.Script is null
            ? null
            : BundleParts.Script(content.Files[manifest.Script], manifest.Script, problems);
        FittedStatistics? statistics = BundleParts.Statistics(
            manifest.Statistics is null ? null : content.Files[manifest.Statistics],
            manifest.Statistics,
            script,
            problems);
        FeatureScript? wholeScript = problems.Count == before ? script : null;
        BundleTensors? tensors = manifest.Tensors is { } told
            ? BundleParts.Guarded(problems, () => ReadTensors(content, told, wholeScript, statistics, models))
            : null;
        BundleModel? model = manifest.Tensors is null
            ? BundleParts.Guarded(problems, () => ReadModel(content, models))
            : tensors?.AsModel();
        if (problems.Count > before || model is null)
        {
            return null;
        }

        BundlePipelines? pipelines = BundlePipelines.Create(manifest.Name, script, statistics, model, problems);
        if (pipelines is null)
        {
            return null;
        }

        if (tensors is { IsRaw: true })
        {
            return OfTensors(content, tensors, model, pipelines, problems);
        }

        Bundle? fallback = manifest.Fallback is null ? null : FallbackFiles.Load(content, models, problems);
        BundleDecisions? decisions = BundleDecisions.Create(
            manifest.Decision is null ? null : content.Files[manifest.Decision],
            fallback, script, statistics, pipelines.Rows, problems);
        SampleSet samples = SampleFiles.ReadRequests(
            content.Files[manifest.Samples], pipelines.Rows, script, manifest.Samples, problems);
        ImmutableArray<SampleExpectation> expectations = SampleFiles.ReadExpectations(
            content.Files[manifest.Expected], manifest.Expected, problems);
        if (samples.Count != manifest.SampleCount || expectations.Length != samples.Count)
        {
            problems.Add(
                manifest.Samples, $"{samples.Count} samples and {expectations.Length} expectations",
                $"{manifest.SampleCount} of both");
        }

        DriftBaseline? baseline = manifest.Baseline is null
            ? null
            : BaselineReader.Read(
                content.Files[manifest.Baseline], manifest.Baseline, pipelines.RawSchema, problems);
        if (problems.Count > before)
        {
            return null;
        }

        var bundle = new Bundle(manifest, script, model, pipelines, samples, expectations)
        {
            Baseline = baseline,
            Decisions = decisions,
            Tensors = tensors,
        };
        decisions?.UseOn(bundle.Pipeline, bundle.Published, problems);
        CheckSchema(bundle, problems);
        return problems.Count > before ? null : bundle;
    }

    private static Bundle? OfTensors(
        BundleContent content,
        BundleTensors tensors,
        BundleModel model,
        BundlePipelines pipelines,
        BundleProblems problems)
    {
        long before = problems.Count;
        BundleManifest manifest = content.Manifest;
        ImmutableArray<TensorSample> samples = TensorSampleFiles.WithExpected(
            TensorSampleFiles.Read(content.Files[manifest.Samples], manifest.Samples, tensors.Model, problems),
            content.Files[manifest.Expected],
            manifest.Expected,
            problems);
        if (samples.Length != manifest.SampleCount)
        {
            problems.Add(manifest.Samples, $"{samples.Length} samples", $"{manifest.SampleCount}");
        }

        if (problems.Count > before)
        {
            return null;
        }

        var bundle = new Bundle(manifest, null, model, pipelines, new SampleSet(pipelines.Rows), [])
        {
            Tensors = tensors,
            TensorSamples = samples,
        };
        CheckSchema(bundle, problems);
        return problems.Count > before ? null : bundle;
    }

    // A bundle that says it is of tensors is nothing else, whatever its file looks like.
    private static BundleTensors ReadTensors(
        BundleContent content,
        TensorManifest manifest,
        FeatureScript? script,
        FittedStatistics? statistics,
        IBundleModelReader models)
    {
        if (content.Manifest.Script is null != content.Manifest.Mapping is null)
        {
            throw new InputException(new InputProblem(
                BundleManifest.FileName,
                content.Manifest.Script is null ? "a mapping without a script" : "a script without a mapping",
                "both before a tensor model, or neither"));
        }

        BundleTensors tensors =
            models.ReadTensors(
                new BundleModelFiles(content), manifest.Under(models.Hosting.OptionsOf(content.Manifest.Name)))
            ?? throw new InputException(new InputProblem(
                content.Manifest.Model,
                $"a model of format {content.Manifest.ModelFormat}",
                "a format whose runtime this program brings"));
        tensors = tensors with { Name = content.Manifest.Name, Version = content.Manifest.Version };
        return script is null ? tensors : ReadMapping(content, tensors, script, statistics);
    }

    private static BundleTensors ReadMapping(
        BundleContent content, BundleTensors tensors, FeatureScript script, FittedStatistics? statistics)
    {
        string file = content.Manifest.Mapping!;
        BundleTensors mapped = MappingFile.Apply(content.Files[file], file, tensors, script, statistics);
        return mapped.Mapping!.Score.Count > 0
            ? mapped
            : throw new InputException(new InputProblem(
                $"{file}, score",
                "no count of scores, and the model declares none",
                "\"count\", as bundle pack writes it"));
    }

    private static BundleModel ReadModel(BundleContent content, IBundleModelReader models)
    {
        string file = content.Manifest.Model;
        int slash = file.LastIndexOf('/');
        string folder = file[..(slash + 1)];
        return models.Read(
            file[(slash + 1)..], name => content.Files.GetValueOrDefault(folder + name), content.Manifest.Sum);
    }

    private static void CheckSchema(Bundle bundle, BundleProblems problems)
    {
        string hash = HashText(bundle.Published);
        if (hash != bundle.Manifest.SchemaHash)
        {
            problems.Add(
                $"{BundleManifest.FileName}, schema_hash",
                bundle.Manifest.SchemaHash,
                $"{hash}, that of the request's fields");
        }

        foreach (string field in bundle.Manifest.Masked.Where(field => bundle.Published.IndexOf(field) < 0))
        {
            problems.Add($"{BundleManifest.FileName}, masked", $"'{field}'", "a field of the request");
        }
    }

    /// <summary>A schema's hash as the manifest spells it.</summary>
    public static string HashText(RowSchema schema) => schema.Hash.ToString("x16");
}
