using System.Collections.Frozen;
using System.Globalization;

namespace Serving.Models.Import.Onnx;

/// <summary>
/// The operators that the runtime registers, by domain: <c>operators.txt</c> beside this file. What is not in it is
/// refused before the runtime sees it, unless the model itself defines it as a function.
/// </summary>
internal static class OnnxOperators
{
    /// <summary>The domain of the operators that ONNX itself defines.</summary>
    public const string OnnxDomain = "ai.onnx";

    /// <summary>The domain of trees, linear models and what prepares their features.</summary>
    public const string LearningDomain = "ai.onnx.ml";

    private static readonly (FrozenDictionary<string, (int First, int Last)> Operators,
        FrozenDictionary<string, int> Domains) Table = Read();

    // They open a compiled model by a path of their own.
    private static readonly FrozenSet<string> Outside =
        FrozenSet.ToFrozenSet(["com.microsoft.EPContext", "com.microsoft.Snpe"]);

    private static readonly FrozenSet<string> Chance = FrozenSet.ToFrozenSet(
    [
        "Bernoulli", "Multinomial", "RandomNormal", "RandomNormalLike", "RandomUniform", "RandomUniformLike",
        "com.microsoft.Sampling",
    ]);

    /// <summary>All domains.</summary>
    public static IEnumerable<string> Domains => Table.Domains.Keys;

    /// <summary>The domain as messages name it; files leave that of ONNX empty.</summary>
    public static string DomainOf(string domain) => domain.Length == 0 ? OnnxDomain : domain;

    /// <summary>The highest version of a domain; 0 where the runtime has no such domain.</summary>
    public static int VersionMax(string domain) => Table.Domains.GetValueOrDefault(domain);

    /// <summary>
    /// The highest version that a file may ask for. Files say 6 of ai.onnx.ml, whose operators are those of 5, which is
    /// what the runtime is given.
    /// </summary>
    public static int VersionRead(string domain) => domain == LearningDomain ? 6 : VersionMax(domain);

    /// <summary>Name of an operator in lists and messages, e.g. <c>MatMul</c>, <c>ai.onnx.ml.Scaler</c>.</summary>
    public static string NameOf(string domain, string type) => domain == OnnxDomain ? type : $"{domain}.{type}";

    /// <summary>The versions that have an operator; 0 to 0 where there is none.</summary>
    public static (int First, int Last) VersionsOf(string name) => Table.Operators.GetValueOrDefault(name);

    /// <summary>Whether an operator reaches outside the process.</summary>
    public static bool IsUnsafe(string name) => Outside.Contains(name);

    /// <summary>Whether an operator answers by chance.</summary>
    public static bool IsRandom(string name) => Chance.Contains(name);

    /// <summary>Whether an operator computes with quantised numbers.</summary>
    public static bool IsQuantised(string name)
    {
        string type = name[(name.LastIndexOf('.') + 1)..];
        return type.Contains("Quantize", StringComparison.Ordinal) || type.Contains("Integer", StringComparison.Ordinal)
            || type.Contains("NBits", StringComparison.Ordinal) || type.EndsWith('4')
            || (type.Length > 1 && type[0] == 'Q' && char.IsUpper(type[1]));
    }

    // Lines: "domain VERSION", then below it " Operator first last" for each operator.
    private static (FrozenDictionary<string, (int First, int Last)>, FrozenDictionary<string, int>) Read()
    {
        var operators = new Dictionary<string, (int First, int Last)>(StringComparer.Ordinal);
        var domains = new Dictionary<string, int>(StringComparer.Ordinal);
        using Stream stream = typeof(OnnxOperators).Assembly.GetManifestResourceStream("onnx-operators.txt")!;
        using var reader = new StreamReader(stream);
        string domain = "";
        while (reader.ReadLine() is { } line)
        {
            string[] parts = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
            if (parts.Length == 0 || parts[0][0] == '#')
            {
                continue;
            }

            int version = int.Parse(parts[1], CultureInfo.InvariantCulture);
            if (line[0] != ' ')
            {
                domain = parts[0];
                domains.Add(domain, version);
            }
            else
            {
                int last = parts.Length > 2 ? int.Parse(parts[2], CultureInfo.InvariantCulture) : domains[domain];
                operators.Add(NameOf(domain, parts[0]), (version, last));
            }
        }

        return (operators.ToFrozenDictionary(StringComparer.Ordinal),
            domains.ToFrozenDictionary(StringComparer.Ordinal));
    }
}
