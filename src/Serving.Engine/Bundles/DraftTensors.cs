using System.Collections.Immutable;
using Serving.Data;
using Serving.Models.Tensors;

namespace Serving.Engine.Bundles;

/// <summary>
/// The part of a draft that is a tensor model's: its files, its samples, what they answer. One thread.
/// </summary>
internal sealed class DraftTensors(BundleTensors tensors)
{
    /// <summary>The model.</summary>
    public BundleTensors Tensors => tensors;

    /// <summary>Whether it is served raw.</summary>
    public bool IsRaw => tensors.IsRaw;

    /// <summary>Lines of sample calls that somebody brought; null makes some.</summary>
    public ReadOnlyMemory<byte>? Samples { get; set; }

    /// <summary>What the manifest says of it; complete after <see cref="Answer"/>.</summary>
    public TensorManifest Manifest { get; set; } = ManifestOf(tensors);

    /// <summary>The files to pack by their place under the model's folder, the main one first.</summary>
    public IEnumerable<(string Name, byte[] Bytes)> Files(BundleProblems problems)
    {
        IEnumerable<string> names = tensors.Model.Files.IsEmpty ? [tensors.Files.Main] : tensors.Model.Files;
        foreach (string name in names)
        {
            if (!BundleNames.IsFileName(name) || BundleNames.IsCode(name))
            {
                problems.Add($"'{name}'", "a name", "letters, digits, '_', '.', '-', not one of code");
            }
            else if (tensors.Files.Read(name) is { } bytes)
            {
                yield return (name, bytes.ToArray());
            }
            else
            {
                problems.Add($"'{name}'", "no such file", "a file that the model names, beside it");
            }
        }
    }

    /// <summary>Sample calls with what the model answers; without its runtime they are unchecked.</summary>
    /// <exception cref="InputException">The runtime refuses the model, or it refuses every sample.</exception>
    public ImmutableArray<TensorSample> Answer(BundleProblems problems)
    {
        TensorModel model = tensors.Model;
        bool isGiven = Samples is not null;
        ImmutableArray<TensorSample> samples = TensorSampleFiles.Read(
            Samples ?? TensorSampleFiles.Write(TensorSampleMaker.Make(model)), "samples", model, problems);
        if (samples.Length is 0 or > BundleLimits.SamplesMax)
        {
            problems.Add("samples", $"{samples.Length} calls", $"1 to {BundleLimits.SamplesMax}");
        }

        problems.ThrowIfAny();
        try
        {
            using ITensorScorer scorer = tensors.Open();
            samples = Run(scorer, samples, isGiven, problems);
        }
        catch (RuntimeMissingException)
        {
            Manifest = Manifest with { Compare = TensorManifest.Unchecked };
            samples = [.. samples.Select(sample => sample with { Expected = "{}"u8.ToArray() })];
        }

        problems.ThrowIfAny();
        return samples;
    }

    private static TensorManifest ManifestOf(BundleTensors tensors) => new()
    {
        Tags = tensors.Model.Tags,
        AllowedOperators = tensors.Options.AllowedOperators,
        CallMilliseconds = Math.Max(1, (long)tensors.Options.CallTime.TotalMilliseconds),
        CallBytes = tensors.Options.CallMemoryBytes,
        Compare = tensors.Model.IsStateful || tensors.Model.IsRandom ? TensorManifest.Shapes : TensorManifest.Values,
        Tolerance = tensors.Model.Tolerance,
    };

    // Made samples may be nothing that the model takes; those that somebody brought must be.
    private ImmutableArray<TensorSample> Run(
        ITensorScorer scorer, ImmutableArray<TensorSample> samples, bool isGiven, BundleProblems problems)
    {
        using var run = new TensorSampleRun(scorer, Manifest, tensors.Options.CallTime);
        var answered = ImmutableArray.CreateBuilder<TensorSample>();
        string refused = "";
        foreach (TensorSample sample in samples)
        {
            try
            {
                answered.Add(sample with { Expected = run.AnswerOf(run.Run(sample)) });
            }
            catch (Exception exception) when (exception is TensorRunException or InputException)
            {
                refused = exception.Message;
                if (isGiven)
                {
                    problems.Add(sample.Place + "the call", exception.Message, "one that the model answers");
                }
            }
        }

        if (answered.Count == 0 && problems.Count == 0)
        {
            problems.Add("samples", refused, "calls that the model answers", "give some by --samples");
        }

        return answered.ToImmutable();
    }
}
