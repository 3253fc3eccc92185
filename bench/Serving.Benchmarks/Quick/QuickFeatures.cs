using Serving.Benchmarks.Features;
using Serving.Data;
using Serving.Features;

namespace Serving.Benchmarks.Quick;

/// <summary>The 30 features in a second, and what each kind of node adds to a row.</summary>
internal static class QuickFeatures
{
    private const int RowCount = 256;

    // So many copies of a node that the loop around them is small beside them.
    private const int Copies = 16;

    private static readonly (string Name, string Expression)[] Nodes =
    [
        ("field, float", "score"), ("field, decimal", "amount"), ("field, optional", "ratio"),
        ("float arithmetic", "score * {0}.0 + 1.0"), ("int arithmetic", "age * {0} + 1"),
        ("decimal quotient", "amount / limit"), ("comparison", "age > {0}"),
        ("in, 6 ints", "age in [0, 1, 2, 3, 4, {0}]"),
        ("in, 3 texts", "country in [\"DE\", \"AT\", \"C{0}\"]"), ("log1p", "log1p(amount)"), ("sqrt", "sqrt(score)"),
        ("hour", "hour(at)"), ("weekday", "weekday(at)"), ("day", "day(at)"),
        ("edges, 6", "age -> edges(18, 25, 35, 45, 55, 6{0})"),
        ("hash of int", "user -> hash(10{0})"), ("hash of text", "card -> hash(10{0})"),
        ("hash of bool", "known -> hash(10{0})"), ("hash of decimal", "amount -> hash(10{0})"),
        ("cross of 2", "cross(country, age) -> hash(10{0})"), ("vocab of text", "country -> vocab(2{0})"),
        ("quantiles(16)", "score -> quantiles(16)"),
    ];

    /// <summary>Prints CPU time and bytes per row of the whole, then the nodes.</summary>
    public static void Run(TextWriter output)
    {
        CpuMinimum timer = new();
        Add(timer, "30 features", MixedScript.Text, RowCount);
        Add(timer, "30 features, raw", MixedScript.Text, RowCount, raw: true);
        Add(timer, "one constant", Many("1"), RowCount);
        foreach ((string name, string expression) in Nodes)
        {
            Add(timer, name, Many(expression), RowCount);
        }

        IReadOnlyDictionary<string, double> found = timer.Run(rounds: 8, roundMilliseconds: 8);
        output.WriteLine(
            $"30 features, dense: {found["30 features"]:F0} ns/row, with raw {found["30 features, raw"]:F0}, "
            + $"{Allocated()} B/batch");
        double nothing = found["one constant"];
        output.WriteLine($"loop, load and {Copies} constants: {nothing:F0} ns/row");
        foreach ((string name, _) in Nodes)
        {
            output.WriteLine($"  {name,-18} {(found[name] - nothing) / Copies,6:F1} ns");
        }
    }

    private static string Many(string expression) => MixedScript.Request + string.Join('\n', Enumerable.Range(1, Copies)
        .Select(copy => $"feature f{copy} = {expression.Replace("{0}", $"{copy}", StringComparison.Ordinal)};"));

    private static void Add(CpuMinimum timer, string name, string text, int count, bool raw = false)
    {
        FeatureProgram program = MixedScript.Program(text);
        FeatureLayout layout = MixedScript.AllDense(program);
        FeatureFrame frame = program.CreateFrame();
        FeatureBatch features = new();
        RowBatch rows = MixedScript.Rows(program.Script.Request, count);
        RowBatch? rawRows = raw ? new RowBatch(program.RawSchema) : null;
        timer.Add(name, count, () => program.Evaluate(rows, layout, features, frame, rawRows));
    }

    private static long Allocated()
    {
        FeatureProgram program = MixedScript.Program(MixedScript.Text);
        FeatureLayout layout = MixedScript.AllDense(program);
        FeatureFrame frame = program.CreateFrame();
        FeatureBatch features = new();
        RowBatch rows = MixedScript.Rows(program.Script.Request, RowCount);
        program.Evaluate(rows, layout, features, frame);
        long before = GC.GetAllocatedBytesForCurrentThread();
        program.Evaluate(rows, layout, features, frame);
        return GC.GetAllocatedBytesForCurrentThread() - before;
    }
}
