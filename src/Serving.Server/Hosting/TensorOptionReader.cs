using System.Collections.Immutable;
using Serving.Models.Tensors;
using Serving.NativeModels.Batching;
using Serving.NativeModels.Hosting;

namespace Serving.Server.Hosting;

/// <summary>
/// Reads how tensor models are hosted: <c>tensors: { ... }</c> of all models, and the same keys of single ones.
/// </summary>
internal static class TensorOptionReader
{
    /// <summary>Name of the mapping for all models.</summary>
    public const string Name = "tensors";

    private const string AllowOperators = "allow-operators";
    private const string Batches = "on, off, or a mapping such as { max-rows: 64, queue: 1024, lanes: 1 }";
    private const string Memory = "a size from 1MiB such as 256MiB";
    private const string ProviderNames = "a list of cpu, cuda and tensorrt, each once";
    private const string Operators = "a list of operators' names";
    private const string Switch = "true or false";
    private const long MemoryMin = 1 << 20;
    private const int ThreadsMax = 64;
    private const int RowsMax = 4096;
    private const int QueueMax = 1_000_000;
    private const int LanesMax = 64;

    private static readonly string[] s_keys =
        ["isolation", "spare", "batching", "call-timeout", "call-memory", "threads", "providers", "device-memory"];

    /// <summary>
    /// Keys of a single model. Operators that reach outside are allowed model by model, never all models at once.
    /// </summary>
    public static ImmutableArray<string> ModelKeys { get; } = [.. s_keys, AllowOperators];

    /// <summary>
    /// What holds where nothing is said. Half of the processors run models, the others bring and take the calls: with
    /// fewer lanes a machine of many processors would stand idle beside a queue.
    /// </summary>
    public static NativeModelOptions BuiltIn { get; } = new()
    {
        Batching = BatchingOptions.Default with { Lanes = Math.Clamp(Environment.ProcessorCount / 2, 1, LanesMax) },
    };

    /// <summary>The options with what the mapping of all models says.</summary>
    public static ServerOptions ReadDefaults(OptionNode node, ServerOptions options, OptionProblems problems)
    {
        NativeModelOptions read = options.TensorDefaults;
        foreach ((string key, OptionNode value) in problems.Members(
            node, "a mapping such as { isolation: process, call-timeout: 1s }", s_keys) ?? NoMembers)
        {
            read = Change(read, key, value, problems);
        }

        return options with { TensorDefaults = read };
    }

    /// <summary>The options with what one key says; problems are noted.</summary>
    public static NativeModelOptions Change(
        NativeModelOptions options, string key, OptionNode node, OptionProblems problems)
    {
        TensorModelOptions tensors = options.Tensors;
        switch (key)
        {
            case "isolation":
                bool? isIsolated = problems.Value<bool>(
                    node, "process or none", n => n.Text switch { "process" => true, "none" => false, _ => null });
                return options with { IsIsolated = isIsolated ?? options.IsIsolated };
            case "spare":
                bool? keepsSpare = problems.Value<bool>(node, Switch, ReadSwitch);
                return options with { KeepsSpare = keepsSpare ?? options.KeepsSpare };
            case "batching":
                return ChangeBatching(options, node, problems);
            case "call-timeout":
                TimeSpan? time = problems.Value<TimeSpan>(
                    node, OptionRules.Duration, n => OptionRules.TryDeadline(n.Text!, out TimeSpan v) ? v : null);
                return options with { Tensors = tensors with { CallTime = time ?? tensors.CallTime } };
            case "call-memory":
                long? bytes = problems.Value(node, Memory, ReadMemory);
                return options with { Tensors = tensors with { CallMemoryBytes = bytes ?? tensors.CallMemoryBytes } };
            case "device-memory":
                long? device = problems.Value(node, Memory, ReadMemory);
                return options with
                {
                    Tensors = tensors with { DeviceMemoryBytes = device ?? tensors.DeviceMemoryBytes },
                };
            case "threads":
                int? threads = ReadCount(node, ThreadsMax, problems);
                return options with { Tensors = tensors with { Threads = threads ?? tensors.Threads } };
            case "providers":
                ImmutableArray<string>? providers = ReadNames(node, ProviderNames, IsProvider, problems);
                return options with { Tensors = tensors with { Providers = providers ?? tensors.Providers } };
            default:
                ImmutableArray<string>? allowed = ReadNames(node, Operators, static _ => true, problems);
                return options with
                {
                    Tensors = tensors with { AllowedOperators = allowed ?? tensors.AllowedOperators },
                };
        }
    }

    private static ImmutableDictionary<string, OptionNode> NoMembers => ImmutableDictionary<string, OptionNode>.Empty;

    private static NativeModelOptions ChangeBatching(
        NativeModelOptions options, OptionNode node, OptionProblems problems)
    {
        if (node.Text is "on" or "off")
        {
            return options with
            {
                Batching = node.Text == "on" ? options.Batching ?? BuiltIn.Batching : null,
            };
        }

        BatchingOptions read = options.Batching ?? BuiltIn.Batching!;
        bool isForced = options.IsBatchingForced;
        foreach ((string key, OptionNode value) in problems.Members(
            node, Batches, "max-rows", "queue", "lanes", "stateful") ?? NoMembers)
        {
            switch (key)
            {
                case "max-rows":
                    int rows = ReadCount(value, RowsMax, problems) ?? read.RowsMax;
                    read = read with { RowsMax = rows, Sizes = BatchingOptions.SizesUpTo(rows) };
                    break;
                case "queue":
                    read = read with { WaitingMax = ReadCount(value, QueueMax, problems) ?? read.WaitingMax };
                    break;
                case "lanes":
                    read = read with { Lanes = ReadCount(value, LanesMax, problems) ?? read.Lanes };
                    break;
                default:
                    isForced = problems.Value<bool>(value, Switch, ReadSwitch) ?? isForced;
                    break;
            }
        }

        return options with { Batching = read, IsBatchingForced = isForced };
    }

    private static int? ReadCount(OptionNode node, int max, OptionProblems problems) => problems.Value<int>(
        node,
        $"a whole number from 1 to {max}",
        n => OptionText.TryInteger(n.Text!, out int value) && value >= 1 && value <= max ? value : null);

    private static bool? ReadSwitch(OptionNode node) =>
        OptionText.TrySwitch(node.Text!, out bool value) ? value : null;

    private static long? ReadMemory(OptionNode node) =>
        OptionText.TryLongSize(node.Text!, out long value) && value >= MemoryMin ? value : null;

    private static ImmutableArray<string>? ReadNames(
        OptionNode node, string expected, Func<string, bool> isName, OptionProblems problems)
    {
        ImmutableArray<string> names = [.. (node.Items ?? []).Select(item => item.Text ?? "")];
        bool isList = !names.IsEmpty && names.All(name => name.Length > 0 && isName(name))
            && names.Distinct(StringComparer.Ordinal).Count() == names.Length;
        if (!isList)
        {
            problems.Add(node, expected);
            return null;
        }

        return names;
    }

    private static bool IsProvider(string name) => name is "cpu" or "cuda" or "tensorrt";
}
