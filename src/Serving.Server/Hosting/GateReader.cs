using Serving.Engine.Routing.Gates;

namespace Serving.Server.Hosting;

/// <summary>
/// Reads what changes in the gates: <c>{ errors: { increase: 0.5%, samples: 1000, window: 5m }, drift: off }</c>. What
/// is not said stays as it was below.
/// </summary>
internal static class GateReader
{
    private const string Gate = "off, or a mapping with the gate's keys";
    private const string Percentage = "a percentage such as 0.5%";
    private const string Samples = "a whole number from 1";
    private const string Psi = "a number above 0 such as 0.25";
    private static readonly TimeSpan s_longest = TimeSpan.FromDays(1);

    /// <summary>The change; problems are noted.</summary>
    public static Func<GateOptions, GateOptions> Read(OptionNode node, OptionProblems problems)
    {
        if (node.Text == "off")
        {
            return _ => new GateOptions { Errors = null, Latency = null, Drift = null, Missing = null };
        }

        IReadOnlyDictionary<string, OptionNode>? gates = problems.Members(
            node, "off, or a mapping of gates", "errors", "latency", "drift", "missing");
        Func<GateOptions, GateOptions> change = options => options;
        foreach ((string name, OptionNode gate) in gates ?? new Dictionary<string, OptionNode>())
        {
            Func<GateOptions, GateOptions> before = change;
            Func<GateOptions, GateOptions> own = ReadGate(name, gate, problems);
            change = options => own(before(options));
        }

        return change;
    }

    private static Func<GateOptions, GateOptions> ReadGate(string name, OptionNode gate, OptionProblems problems)
    {
        if (gate.Text == "off")
        {
            return name switch
            {
                "errors" => options => options with { Errors = null },
                "latency" => options => options with { Latency = null },
                "drift" => options => options with { Drift = null },
                _ => options => options with { Missing = null },
            };
        }

        string limit = name == "drift" ? "psi" : "increase";
        string[] known = name == "latency" ? ["slo", limit, "samples", "window"] : [limit, "samples", "window"];
        if (problems.Members(gate, Gate, known) is not { } keys)
        {
            return options => options;
        }

        double? limitValue = !keys.TryGetValue(limit, out OptionNode? limitNode) ? null
            : name == "drift" ? problems.Value(limitNode, Psi, ReadPsi)
            : problems.Value(limitNode, Percentage, ReadShare);
        long? samples = keys.TryGetValue("samples", out OptionNode? samplesNode)
            ? problems.Value(samplesNode, Samples, ReadCount)
            : null;
        TimeSpan? window = keys.TryGetValue("window", out OptionNode? windowNode)
            ? problems.Value(windowNode, "a duration from 1s to 1d", ReadWindow)
            : null;
        TimeSpan? slo = keys.TryGetValue("slo", out OptionNode? sloNode)
            ? problems.Value(sloNode, OptionRules.Duration, ReadPositive)
            : null;
        return options => Change(options, name, (limitValue, samples, window, slo));
    }

    // A gate that was off below and is named again begins with the built-in values.
    private static GateOptions Change(
        GateOptions options, string name, (double? Limit, long? Samples, TimeSpan? Window, TimeSpan? Slo) keys)
    {
        var builtIn = new GateOptions();
        switch (name)
        {
            case "errors":
                ErrorGate errors = options.Errors ?? builtIn.Errors!;
                return options with
                {
                    Errors = new ErrorGate(
                        keys.Limit ?? errors.Increase, keys.Samples ?? errors.Samples, keys.Window ?? errors.Window),
                };
            case "latency":
                LatencyGate latency = options.Latency ?? builtIn.Latency!;
                return options with
                {
                    Latency = new LatencyGate(
                        keys.Slo ?? latency.Slo, keys.Limit ?? latency.Increase, keys.Samples ?? latency.Samples,
                        keys.Window ?? latency.Window),
                };
            case "drift":
                DriftGate drift = options.Drift ?? builtIn.Drift!;
                return options with
                {
                    Drift = new DriftGate(
                        keys.Limit ?? drift.Psi, keys.Samples ?? drift.Samples, keys.Window ?? drift.Window),
                };
            default:
                MissingGate missing = options.Missing ?? builtIn.Missing!;
                return options with
                {
                    Missing = new MissingGate(
                        keys.Limit ?? missing.Increase, keys.Samples ?? missing.Samples, keys.Window ?? missing.Window),
                };
        }
    }

    private static double? ReadShare(OptionNode node) =>
        OptionText.TryPercent(node.Text!, node.IsNumber, out decimal percent) ? (double)(percent / 100) : null;

    private static double? ReadPsi(OptionNode node) =>
        OptionText.TryNumber(node.Text!, out decimal value) && value > 0 ? (double)value : null;

    private static long? ReadCount(OptionNode node) =>
        OptionText.TryInteger(node.Text!, out int value) && value > 0 ? value : null;

    private static TimeSpan? ReadPositive(OptionNode node) =>
        OptionText.TryDuration(node.Text!, out TimeSpan value) && value > TimeSpan.Zero ? value : null;

    private static TimeSpan? ReadWindow(OptionNode node) =>
        ReadPositive(node) is { } value && value >= TimeSpan.FromSeconds(1) && value <= s_longest ? value : null;
}
