using System.Collections.Immutable;
using System.Net;
using Serving.Data;
using Serving.Server.Admin;

namespace Serving.Server.Hosting;

/// <summary>
/// Makes <see cref="ServerOptions"/> of a YAML file, the environment and the command line, the later over the earlier,
/// and shows every problem at once.
/// </summary>
public static class OptionReader
{
    /// <summary>Prefix of the environment's names: <c>SERVING_HTTP_PORT</c> is <c>http-port</c>.</summary>
    public const string EnvironmentPrefix = "SERVING_";

    private static readonly ImmutableArray<string> s_later =
    [
    ];

    /// <summary>Names of the options that are taken.</summary>
    public static IEnumerable<string> Names => OptionRules.All.Select(rule => rule.Name).Concat(NestedOptions.Names);

    /// <summary>Reads all sources.</summary>
    /// <param name="commandLine">Values by name without dashes, only those that were given; a bare switch is
    /// "true".</param>
    /// <param name="environment">Looks an environment variable up.</param>
    /// <param name="configFile">The file of <c>--config</c>, or null; else <c>SERVING_CONFIG</c>.</param>
    /// <exception cref="InputException">Something is wrong; holds all problems.</exception>
    public static ServerOptions Read(
        IReadOnlyDictionary<string, string> commandLine, Func<string, string?> environment, string? configFile)
    {
        var problems = new List<InputProblem>();
        var values = new Dictionary<string, OptionValue>(StringComparer.Ordinal);
        var nested = new List<OptionNode>();
        string? file = configFile ?? environment(EnvironmentPrefix + "CONFIG");
        if (file is not null)
        {
            AddFile(file, values, nested, problems);
        }

        foreach (string name in Names.Concat(s_later))
        {
            string variable = VariableOf(name);
            if (environment(variable) is { } text)
            {
                values[name] = new OptionValue(name, text, $"environment {variable}");
            }
        }

        foreach ((string name, string text) in commandLine)
        {
            values[name] = new OptionValue(name, text, $"option --{name}");
        }

        ServerOptions options = NestedOptions.Apply(
            ApplyValues(values.Values, problems), nested, new OptionProblems(problems));
        Check(options, problems);
        return problems.Count == 0
            ? options
            : throw new InputException([.. problems.Take(InputException.ProblemsShownMax)], problems.Count);
    }

    /// <summary>The environment's name of an option.</summary>
    internal static string VariableOf(string name) => EnvironmentPrefix + name.Replace('-', '_').ToUpperInvariant();

    private static void AddFile(
        string file, Dictionary<string, OptionValue> values, List<OptionNode> nested, List<InputProblem> problems)
    {
        foreach (OptionNode node in OptionFile.Read(file, problems))
        {
            bool isNested = NestedOptions.Names.Contains(node.Name)
                || (node.Name == OptionRules.ModelsKey && node.Members is not null);
            if (isNested)
            {
                nested.Add(node);
            }
            else if (node.Text is null && !s_later.Contains(node.Name))
            {
                problems.Add(new InputProblem(node.Place, "a list or a mapping", ExpectedOf(node.Name)));
            }
            else if (!values.TryAdd(node.Name, new OptionValue(node.Name, node.Text ?? "", node.Place)))
            {
                problems.Add(new InputProblem(node.Place, "the key twice", "once"));
            }
        }
    }

    private static ServerOptions ApplyValues(IEnumerable<OptionValue> values, List<InputProblem> problems)
    {
        var options = new ServerOptions { Models = "" };
        foreach (OptionValue value in values)
        {
            OptionRule? rule = RuleOf(value.Name);
            if (rule is null)
            {
                problems.Add(Unknown(value));
            }
            else if (rule.Apply(options, value.Text) is { } changed)
            {
                options = changed;
            }
            else
            {
                problems.Add(
                    new InputProblem(value.Place, Shown(rule, value.Text), rule.Expected));
            }
        }

        return options;
    }

    private static void Check(ServerOptions options, List<InputProblem> problems)
    {
        if (options.Models.Length == 0)
        {
            problems.Add(new InputProblem("option --models", "nothing", "a folder", "say --models DIR"));
        }
        else if (!Directory.Exists(options.Models))
        {
            problems.Add(new InputProblem("models", $"no folder '{options.Models}'", "a folder of models"));
        }

        if (!IPAddress.IsLoopback(options.Listen) && !options.AllowAnonymous)
        {
            problems.Add(new InputProblem(
                "listen",
                $"'{options.Listen}', which others reach",
                "a loopback address, since the server knows no callers",
                "say --allow-anonymous to serve everybody"));
        }

        CheckPorts(options, problems);
        if (options.AdminPort is not null && !IPAddress.IsLoopback(options.Listen)
            && !TokenFile.HasAny(options.ControlFolder))
        {
            problems.Add(new InputProblem(
                "admin-port",
                $"no token in '{options.ControlFolder}', while others reach '{options.Listen}'",
                "tokens before the admin API listens off loopback",
                "make one: serving token create --role admin --name NAME --control DIR"));
        }

        if (options.AdminAnonymous && !IPAddress.IsLoopback(options.Listen))
        {
            problems.Add(new InputProblem(
                "admin-anonymous",
                $"it with '{options.Listen}', which others reach",
                "a loopback address, or tokens",
                "make tokens: serving token create --role admin --name NAME --control DIR"));
        }

        if (options.TlsKey is not null && options.TlsCertificate is null)
        {
            problems.Add(new InputProblem("tls-key", "a key alone", "tls-certificate beside it"));
        }
    }

    // A URL may hold a password before its '@'.
    private static string Shown(OptionRule rule, string text) =>
        rule.IsSecret || text.Contains('@', StringComparison.Ordinal) ? "a value" : $"'{text}'";

    private static void CheckPorts(ServerOptions options, List<InputProblem> problems)
    {
        (string Name, int Port)[] ports =
        [
            ("http-port", options.HttpPort), ("grpc-port", options.GrpcPort), ("admin-port", options.AdminPort ?? 0),
        ];
        for (int index = 1; index < ports.Length; index++)
        {
            (string name, int port) = ports[index];
            (string Name, int Port) other = ports.Take(index).FirstOrDefault(earlier => earlier.Port == port);
            if (port != 0 && other.Name is not null)
            {
                problems.Add(new InputProblem($"{other.Name}, {name}", $"{port} twice", "ports that differ"));
            }
        }
    }

    private static InputProblem Unknown(OptionValue value)
    {
        if (s_later.Contains(value.Name))
        {
            return new InputProblem(
                value.Place, $"'{value.Name}'", "an option that this version offers", "leave it out");
        }

        if (NestedOptions.Names.Contains(value.Name))
        {
            return new InputProblem(value.Place, "a text", "a mapping in the file of --config");
        }

        string? nearest = OptionText.Nearest(value.Name, Names);
        return new InputProblem(
            value.Place, $"unknown option '{value.Name}'", "a known option",
                nearest is null ? "" : $"did you mean '{nearest}'?");
    }

    private static OptionRule? RuleOf(string name) => OptionRules.All.FirstOrDefault(rule => rule.Name == name);

    private static string ExpectedOf(string name) => RuleOf(name)?.Expected ?? "a known option with one value";
}
