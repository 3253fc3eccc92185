using System.Text.Json;
using Serving.Data;
using Serving.Engine.Bundles;
using Serving.Models;

namespace Serving.EndToEnd.Tests.Fixtures;

/// <summary>A plain reading of <c>linear.json</c>, so that the tests of the wire stand on no kernel.</summary>
internal sealed class LinearFile : IBundleModelReader
{
    public BundleModel Read(string file, Func<string, byte[]?> open, string sum)
    {
        using JsonDocument json = JsonDocument.Parse(open(file)!);
        JsonElement root = json.RootElement;
        double[] bias = [.. root.GetProperty("bias").EnumerateArray().Select(number => number.GetDouble())];
        var inputs = new List<ModelInput>();
        var weights = new List<Func<double, double>>();
        foreach (JsonProperty dense in root.GetProperty("dense").EnumerateObject())
        {
            double weight = dense.Value[0].GetDouble();
            inputs.Add(new ModelInput(dense.Name, false, 0));
            weights.Add(value => double.IsNaN(value) ? 0 : weight * value);
        }

        foreach (JsonProperty ids in root.GetProperty("ids").EnumerateObject())
        {
            var byId = ids.Value.GetProperty("weights").EnumerateArray()
                .ToDictionary(pair => pair[0].GetDouble(), pair => pair[1].GetDouble());
            inputs.Add(new ModelInput(ids.Name, true, ids.Value.GetProperty("size").GetUInt32()));
            weights.Add(id => byId.GetValueOrDefault(id));
        }

        LinearScorer Make() => new([.. inputs], bias, [.. weights]);
        return new BundleModel
        {
            Format = "serving.linear",
            Inputs = [.. inputs],
            Categories = [.. inputs.Select(_ => System.Collections.Immutable.ImmutableArray<string>.Empty)],
            HasDefaultNames = false,
            IsLinear = true,
            MemoryBytes = 8 * inputs.Count,
            CreateScorer = Make,
            CreateReference = Make,
        };
    }

    private sealed class LinearScorer(
        System.Collections.Immutable.ImmutableArray<ModelInput> inputs, double[] bias, Func<double, double>[] weights) : IScorer
    {
        public System.Collections.Immutable.ImmutableArray<ModelInput> Inputs => inputs;

        public int OutputCount => bias.Length;

        public ScoreLink Link { get; } = new LogitLink();

        public long MemoryBytes => 0;

        public void Score(FeatureBatch batch, Span<double> rawScores)
        {
            for (int row = 0; row < batch.RowCount; row++)
            {
                double sum = 0;
                for (int column = 0; column < batch.DenseCount; column++)
                {
                    sum += weights[column](batch.DenseRow(row)[column]);
                }

                for (int column = 0; column < batch.IdColumnCount; column++)
                {
                    foreach (uint id in batch.RowIds(row, column))
                    {
                        sum += weights[batch.DenseCount + column](id);
                    }
                }

                for (int output = 0; output < bias.Length; output++)
                {
                    rawScores[(row * bias.Length) + output] = sum + bias[output];
                }
            }
        }
    }

    private sealed class LogitLink : ScoreLink
    {
        public override string Name => "logit";

        public override void Apply(ReadOnlySpan<double> rawScores, int outputCount, Span<double> scores)
        {
            for (int index = 0; index < rawScores.Length; index++)
            {
                scores[index] = 1 / (1 + Math.Exp(-rawScores[index]));
            }
        }
    }
}
