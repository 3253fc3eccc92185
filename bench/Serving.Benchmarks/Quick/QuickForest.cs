using System.IO.Compression;
using System.Runtime.InteropServices;
using Serving.Data;
using Serving.Models;

namespace Serving.Benchmarks.Quick;

/// <summary>
/// One row of recorded ones at a time through our engines and LightGBM's single-row-fast call, interleaved in one
/// process. Arguments: LightGBM's library, a model in its text format, its rows (binary32, gzip) and their features.
/// </summary>
internal static class QuickForest
{
    public static void Run(TextWriter output, string library, string modelPath, string rowsPath, int features)
    {
        ScoringModel model = ModelFile.Load(File.ReadAllBytes(modelPath));
        double[] rows = ReadRows(rowsPath);
        int count = rows.Length / features;
        LightGbmRow rival = new(library, modelPath, features);
        CpuMinimum timer = new();
        double sum = 0;
        int next = 0;
        ReadOnlySpan<double> NextRow() => rows.AsSpan((next = (next + 1) % count) * features, features);
        timer.Add("LightGBM single-row-fast", 1, () => sum += rival.Score(NextRow()));
        (string Name, ScoringModel Model, ScorerEngine Engine)[] ours =
        [
            ("reference", model, ScorerEngine.Reference),
            ("threaded", model, ScorerEngine.Threaded),
            ("threaded, a single tree", SingleTree(features), ScorerEngine.Threaded),
        ];
        foreach ((string name, ScoringModel scored, ScorerEngine engine) in ours)
        {
            IScorer scorer = scored.CreateScorer(new ScorerOptions(Engine: engine));
            FeatureBatch batch = new();
            double[] raw = new double[1];
            batch.Reset(1, features, 0, 0);
            timer.Add(name, 1, () =>
            {
                NextRow().CopyTo(batch.Dense);
                scorer.Score(batch, raw);
                sum += raw[0];
            });
        }

        IReadOnlyDictionary<string, double> found = timer.Run(rounds: 12, roundMilliseconds: 15);
        double base1 = found["LightGBM single-row-fast"];
        output.WriteLine($"{Path.GetFileName(modelPath)}");
        foreach ((string name, double nanoseconds) in found)
        {
            output.WriteLine($"  {name,-26} {nanoseconds,9:F0} ns/row, ratio {base1 / nanoseconds,5:F1}");
        }
    }

    // What preparing a row costs: a forest of one tree has the keys of all features, and next to no walk.
    private static ScoringModel SingleTree(int features) =>
        ModelFile.Load(new Models.SyntheticForest(7, features).LightGbm(1, 31));

    private static double[] ReadRows(string path)
    {
        using GZipStream stream = new(File.OpenRead(path), CompressionMode.Decompress);
        using MemoryStream bytes = new();
        stream.CopyTo(bytes);
        return [.. MemoryMarshal.Cast<byte, float>(bytes.ToArray()).ToArray().Select(value => (double)value)];
    }
}
