using System.Diagnostics;
using System.Globalization;
using System.Text.Json.Nodes;
using Serving.Cli.CommandLine;
using Serving.Data;
using Serving.Data.Cells;
using Serving.Data.Tensors;
using Serving.Data.Tensors.Json;
using Serving.Models.Tensors;
using Serving.Tables;

namespace Serving.Cli.TensorModels;

/// <summary>Calls a tensor model with the inputs of a JSON file.</summary>
/// <param name="console">For the document on stdin.</param>
/// <param name="path">The model's, for messages.</param>
/// <param name="open">Opens the model.</param>
/// <param name="callTime">Most time of one call.</param>
internal sealed class TensorScoring(
    CommandConsole console, string path, Func<ITensorScorer> open, TimeSpan callTime)
{
    /// <summary>Runs one call and gives the document of its outputs.</summary>
    public async Task<Utf8Buffer> RunAsync(string signature, string input, CancellationToken cancellation)
    {
        using ITensorScorer scorer = open();
        using TensorCall call = Prepare(scorer, signature, input);
        await call.RunAsync(callTime, cancellation);
        Utf8Buffer document = new(4096);
        document.Add("{\"outputs\": "u8);
        TensorJsonWriter.WriteOutputs(document, call);
        document.Add("}\n"u8);
        return document;
    }

    /// <summary>
    /// Runs the same call once to warm it and then <paramref name="count"/> times; gives its percentiles, in
    /// microseconds.
    /// </summary>
    public async Task<JsonObject> MeasureAsync(
        string signature, string input, int count, CancellationToken cancellation)
    {
        using ITensorScorer scorer = open();
        using TensorCall call = Prepare(scorer, signature, input);
        await call.RunAsync(callTime, cancellation);
        double[] times = new double[count];
        for (int i = 0; i < count; i++)
        {
            cancellation.ThrowIfCancellationRequested();
            long start = Stopwatch.GetTimestamp();
            await call.RunAsync(callTime, cancellation);
            times[i] = Stopwatch.GetElapsedTime(start).TotalMicroseconds;
        }

        Array.Sort(times);
        return new JsonObject
        {
            ["calls"] = count,
            ["runs_on"] = scorer.RunsOn,
            ["mean_us"] = Math.Round(times.Average(), 3),
            ["p50_us"] = Percentile(times, 0.5),
            ["p90_us"] = Percentile(times, 0.9),
            ["p99_us"] = Percentile(times, 0.99),
            ["p99_9_us"] = Percentile(times, 0.999),
            ["max_us"] = Math.Round(times[^1], 3),
        };
    }

    /// <summary>Percentiles as lines.</summary>
    public static string Lines(JsonObject measured) => string.Join('\n', measured.Select(
        pair => string.Create(CultureInfo.InvariantCulture, $"{pair.Key,-8} {pair.Value}"))) + "\n";

    private TensorCall Prepare(ITensorScorer scorer, string signature, string input)
    {
        byte[] json = ReadInput(input);
        signature = signature.Length > 0 ? signature : TensorJsonReader.SignatureOf(json) ?? "";
        int index = scorer.Model.SignatureIndex(signature);
        if (index < 0)
        {
            string names = string.Join(", ", scorer.Model.Signatures.Select(known => known.Name));
            throw new InputException(new InputProblem(
                path,
                signature.Length == 0 ? $"no signature {TensorSignature.DefaultName}" : $"no signature {signature}",
                $"one of {names}",
                "name it by --signature"));
        }

        TensorCall call = scorer.CreateCall(index);
        try
        {
            call.Begin();
            return Placed.In(input, "the document", () =>
            {
                TensorJsonReader.Read(json, call);
                return call;
            });
        }
        catch
        {
            call.Dispose();
            throw;
        }
    }

    private byte[] ReadInput(string input)
    {
        if (input != TableFormats.StandardStream)
        {
            return File.ReadAllBytes(InputPath.Existing(input, "a JSON file of inputs"));
        }

        using MemoryStream bytes = new();
        console.Input.CopyTo(bytes);
        return bytes.ToArray();
    }

    private static double Percentile(double[] sorted, double share) =>
        Math.Round(sorted[Math.Min(sorted.Length - 1, (int)(share * sorted.Length))], 3);
}
