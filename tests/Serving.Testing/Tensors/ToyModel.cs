using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using Serving.Data;
using Serving.Data.Tensors;
using Serving.Models.Tensors;

namespace Serving.Testing.Tensors;

/// <summary>
/// A model of lines: <c>signature NAME</c>, <c>input NAME TYPE DIMS [default | example A:f32,B:i64]</c>,
/// <c>output NAME TYPE DIMS = OP INPUT [NUMBER]</c> with DIMS as <c>?,2</c>, <c>-</c> for rank 0 and <c>*</c> for an
/// unknown rank, <c>stateful</c>, <c>random</c>, <c>reduced</c>, <c>needs FILE</c>. OP: <c>copy</c>, <c>scale</c> (by
/// the number), <c>sum</c> (over the last dimension), <c>maps</c> (each row as a map), <c>items</c> (each row as an
/// item of a sequence), <c>count</c> (calls so far), <c>slow</c> (copy after so many ms), <c>fail</c> (with that code).
/// </summary>
public sealed class ToyModel
{
    private ToyModel(TensorModel model, ImmutableArray<ImmutableArray<ToyOutput>> outputs)
    {
        Model = model;
        Outputs = outputs;
    }

    /// <summary>What it says of itself.</summary>
    public TensorModel Model { get; }

    /// <summary>How outputs are computed, by signature.</summary>
    internal ImmutableArray<ImmutableArray<ToyOutput>> Outputs { get; }

    /// <summary>Reads and checks a model.</summary>
    public static ToyModel Read(ModelFiles files)
    {
        var signatures = new List<(string Name, List<TensorSpec> Inputs, List<ToyOutput> Outputs)>();
        var flags = new HashSet<string>(StringComparer.Ordinal);
        var needed = new List<string> { files.Main };
        string text = Encoding.UTF8.GetString(files.Read(files.Main)!.Value.Span);
        foreach (string line in text.Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            string[] words = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
            switch (words[0])
            {
                case "signature":
                    signatures.Add((words[1], [], []));
                    break;
                case "input":
                    signatures[^1].Inputs.Add(Input(words));
                    break;
                case "output":
                    signatures[^1].Outputs.Add(Output(words));
                    break;
                case "needs" when files.LengthOf(words[1]) >= 0:
                    needed.Add(words[1]);
                    break;
                case "stateful" or "random" or "reduced":
                    flags.Add(words[0]);
                    break;
                default:
                    throw new InputException(new InputProblem(files.Main, $"'{line}'", "a line of a toy"));
            }
        }

        return Build(signatures, flags, needed, text.Length);
    }

    private static ToyModel Build(
        List<(string Name, List<TensorSpec> Inputs, List<ToyOutput> Outputs)> signatures,
        HashSet<string> flags,
        List<string> files,
        int size)
    {
        string[] operators = [.. signatures.SelectMany(one => one.Outputs).Select(output => output.Operator)];
        int main = signatures.FindIndex(one => one.Name == TensorSignature.DefaultName);
        var model = new TensorModel(
            "toy",
            "toymaker",
            "1",
            [.. signatures.Select(one => new TensorSignature(
                one.Name, [.. one.Inputs], [.. one.Outputs.Select(output => output.Spec)]))])
        {
            DefaultSignature = main,
            Operators = [.. operators.Distinct().Order(StringComparer.Ordinal)],
            OperatorCounts = operators.GroupBy(name => name).ToImmutableSortedDictionary(
                group => group.Key, group => group.Count(), StringComparer.Ordinal),
            IsStateful = flags.Contains("stateful"),
            IsRandom = flags.Contains("random"),
            IsReduced = flags.Contains("reduced"),
            WeightBytes = size,
            Files = [.. files],
        };
        return new ToyModel(model, [.. signatures.Select(one => one.Outputs.ToImmutableArray())]);
    }

    private static TensorSpec Input(string[] words)
    {
        string more = words.Length > 4 ? words[4] : "";
        return Spec(words) with
        {
            HasDefault = more == "default",
            Example = more == "example"
                ? [.. words[5].Split(',').Select(feature => feature.Split(':')).Select(pair =>
                    new ExampleFeature(pair[0], TypeOf(pair[1])))]
                : [],
        };
    }

    private static ToyOutput Output(string[] words)
    {
        TensorKind kind = words[5] switch
        {
            "maps" => TensorKind.MapSequence,
            "items" => TensorKind.Sequence,
            _ => TensorKind.Tensor,
        };
        TensorSpec spec = Spec(words) with { Kind = kind, KeyType = TensorType.Int64 };
        double number = words.Length > 7 ? double.Parse(words[7], CultureInfo.InvariantCulture) : 1;
        return new ToyOutput(spec, words[5], words[6], number);
    }

    private static TensorSpec Spec(string[] words)
    {
        ImmutableArray<long>? shape = words[3] switch
        {
            "-" => [],
            "*" => null,
            _ => [.. words[3].Split(',').Select(
                size => size == "?" ? -1 : long.Parse(size, CultureInfo.InvariantCulture))],
        };
        return new TensorSpec(words[1], TypeOf(words[2]), shape);
    }

    private static TensorType TypeOf(string name) => TensorTypes.TryParse(name, out TensorType type)
        ? type
        : throw new InputException(new InputProblem("type", name, string.Join(", ", TensorTypes.Names)));
}
