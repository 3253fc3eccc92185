using System.Collections.Immutable;
using System.Text.Json;
using Serving.Data;
using Serving.Data.Cells;
using Serving.Data.Tensors;
using Serving.Data.Tensors.Json;
using Serving.Models.Tensors;

namespace Serving.Engine.Bundles;

/// <summary>Runs sample calls of an open tensor model. One thread.</summary>
internal sealed class TensorSampleRun(ITensorScorer scorer, TensorManifest manifest, TimeSpan callTime) : IDisposable
{
    private readonly TensorCall?[] _calls = new TensorCall?[scorer.Model.Signatures.Length];

    /// <summary>Runs a sample; the call holds its outputs until the next one of its signature.</summary>
    /// <exception cref="InputException">The inputs are not the model's.</exception>
    /// <exception cref="TensorRunException">The model refuses them, or fails.</exception>
    public TensorCall Run(TensorSample sample)
    {
        TensorCall call = _calls[sample.Signature] ??= scorer.CreateCall(sample.Signature);
        call.Begin();
        TensorJsonReader.Read(sample.Request.Span, call, sample.Place);
        call.Run(callTime);
        return call;
    }

    /// <summary>What a call answered, as the line that is kept of it.</summary>
    public ReadOnlyMemory<byte> AnswerOf(TensorCall call)
    {
        Utf8Buffer line = new();
        if (manifest.Compare == TensorManifest.Shapes)
        {
            line.Add("{\"shapes\":"u8);
            WriteShapes(line, call);
        }
        else
        {
            line.Add("{\"outputs\":"u8);
            TensorJsonWriter.WriteOutputs(line, call);
        }

        line.Add((byte)'}');
        return line.Written.ToArray();
    }

    /// <summary>Runs every sample and notes where its answer is another than the one that was kept.</summary>
    public void Compare(ImmutableArray<TensorSample> samples, BundleProblems problems)
    {
        foreach (TensorSample sample in samples)
        {
            try
            {
                TensorCall call = Run(sample);
                if (manifest.Compare != TensorManifest.Unchecked)
                {
                    Compare(sample, call, problems);
                }
            }
            catch (Exception exception) when (exception is TensorRunException or InputException or JsonException)
            {
                // Without expected values nobody knows whether the model takes the sample: it warms or does nothing.
                if (manifest.Compare != TensorManifest.Unchecked)
                {
                    problems.Add(sample.Place + "the call", exception.Message, "an answer as when it was packed");
                }
            }
        }
    }

    public void Dispose()
    {
        foreach (TensorCall? call in _calls)
        {
            call?.Dispose();
        }
    }

    private void Compare(TensorSample sample, TensorCall call, BundleProblems problems)
    {
        using JsonDocument found = JsonDocument.Parse(AnswerOf(call));
        using JsonDocument expected = JsonDocument.Parse(sample.Expected);
        string name = manifest.Compare == TensorManifest.Shapes ? "shapes" : "outputs";
        if (!expected.RootElement.TryGetProperty(name, out JsonElement outputs))
        {
            problems.Add(sample.Place + "expected", "no " + name, $"{{\"{name}\": ...}}");
            return;
        }

        JsonElement answered = found.RootElement.GetProperty(name);
        foreach (TensorSpec spec in call.Signature.Outputs)
        {
            double tolerance = TensorTypes.IsFloat(spec.Type) ? manifest.Tolerance : 0;
            if (!outputs.TryGetProperty(spec.Name, out JsonElement was)
                || !TensorSampleValues.AreNear(was, answered.GetProperty(spec.Name), tolerance))
            {
                problems.Add(
                    $"{sample.Place}output '{spec.Name}'",
                    Shown(answered.GetProperty(spec.Name)),
                    was.ValueKind == JsonValueKind.Undefined ? "an expected value" : Shown(was));
            }
        }
    }

    private static string Shown(JsonElement value)
    {
        string text = value.GetRawText();
        return text.Length > 80 ? text[..80] + "..." : text;
    }

    private static void WriteShapes(Utf8Buffer line, TensorCall call)
    {
        line.Add((byte)'{');
        for (int i = 0; i < call.Signature.Outputs.Length; i++)
        {
            TensorValue value = call.Output(i);
            line.Add(i == 0 ? ""u8 : ","u8);
            TensorJsonWriter.WriteName(line, call.Signature.Outputs[i].Name);
            string text = value.Kind == TensorKind.Tensor
                ? new TensorSpec("", value.Tensor.Type, [.. value.Tensor.Shape]).TypeText
                : $"{value.Kind}";
            JsonText.WriteString(line, System.Text.Encoding.UTF8.GetBytes(text));
        }

        line.Add((byte)'}');
    }
}
