using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using Serving.Data;
using Serving.Engine.Bundles;
using Serving.Models;

namespace Serving.Engine.Tests.Fakes;

/// <summary>
/// Reads <c>fake.txt</c>: a line <c>bias NUMBER</c>, then <c>dense NAME WEIGHT</c>, <c>ids NAME SIZE WEIGHT</c> or
/// <c>category NAME WEIGHT NAMES,...</c>; <c>file NAME</c> asks for a file beside it; <c>throw</c> throws.
/// </summary>
internal sealed class FakeModelReader : IBundleModelReader
{
    /// <summary>Added to raw scores by the serving scorer alone, so that it differs from the reference.</summary>
    public double ServingSkew { get; init; }

    /// <summary>The nice value of the reading thread, for each read.</summary>
    public ConcurrentQueue<string> Niceness { get; } = new();

    public BundleModel Read(string file, Func<string, byte[]?> open, string sum)
    {
        Niceness.Enqueue(NicenessOfThisThread());
        double bias = 0;
        var inputs = new List<(ModelInput Input, double Weight, string[] Names)>();
        foreach (string line in Encoding.UTF8.GetString(open(file)!).Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            string[] words = line.Split(' ');
            switch (words[0])
            {
                case "bias":
                    bias = Number(words[1]);
                    break;
                case "dense":
                    inputs.Add((new ModelInput(words[1], false, 0), Number(words[2]), []));
                    break;
                case "category":
                    inputs.Add((new ModelInput(words[1], false, 0), Number(words[2]), words[3].Split(',')));
                    break;
                case "ids":
                    inputs.Add((new ModelInput(words[1], true, uint.Parse(words[2])), Number(words[3]), []));
                    break;
                case "file" when open(words[1]) is not null:
                    break;
                case "throw":
                    throw new InvalidOperationException("a fault of the reader");
                default:
                    throw new InputException(new InputProblem(file, line, "a line of a fake model"));
            }
        }

        double[] weights = [.. inputs.OrderBy(input => input.Input.TakesIds).Select(input => input.Weight)];
        FakeScorer Make(double skew) => new([.. inputs.Select(input => input.Input)], bias, weights, skew);
        return new BundleModel
        {
            Format = "fake",
            Inputs = [.. inputs.Select(input => input.Input)],
            Categories = [.. inputs.Select(input => ImmutableArray.Create(input.Names))],
            HasDefaultNames = false,
            IsLinear = true,
            MemoryBytes = 8 * weights.Length,
            CreateScorer = () => Make(ServingSkew),
            CreateReference = () => Make(0),
        };
    }

    /// <summary>Field 19 of a thread's stat file; the thread's name stands in brackets before.</summary>
    public static string NicenessOfThisThread()
    {
        const string Stat = "/proc/thread-self/stat";
        string stat = File.Exists(Stat) ? File.ReadAllText(Stat) : "";
        return stat.Length == 0 ? "" : stat[(stat.LastIndexOf(')') + 2)..].Split(' ')[16];
    }

    private static double Number(string text) => double.Parse(text, CultureInfo.InvariantCulture);
}
