using System.Collections.Immutable;
using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using Serving.Cli.CommandLine;
using Serving.Data;
using Serving.Features;
using Serving.Features.Explanation;
using Spectre.Console;

namespace Serving.Cli.Commands;

/// <summary><c>features explain SCRIPT</c>: types, columns, what each feature reads and costs.</summary>
internal static class FeaturesExplainCommand
{
    public static Command Create(CommandConsole console)
    {
        Argument<string> script = SharedOptions.Script();
        Option<bool> json = SharedOptions.Json();
        Option<string?> budget = StateBudgetOption.Create();
        Option<string?> statistics = SharedOptions.Statistics();
        var command = new Command(
            "explain",
            "Show types, columns, reads and cost of a script.\n\n"
                + "Example: serving features explain card.feat")
        {
            script, statistics, json, budget,
        };
        command.SetAction(parsed =>
        {
            string path = parsed.GetValue(script)!;
            FeatureScript compiled = ScriptFile.Compile(path);
            ImmutableArray<Diagnostic> warnings = StateBudgetOption.Check(
                compiled, path, StateBudgetOption.Parse(parsed.GetValue(budget)));
            ScriptExplanation explanation = ScriptExplanation.Of(compiled);
            FittedStatistics? fitted = StatisticsFile.Read(parsed.GetValue(statistics));
            JsonArray? columns = Columns(compiled, fitted, parsed.GetValue(statistics));
            if (parsed.GetValue(json))
            {
                JsonObject document = Json(explanation);
                document["columns"] = columns;
                document["diagnostics"] = ScriptFile.Json(true, warnings)["diagnostics"]!.DeepClone();
                JsonOutput.Write(console.Out, document);
            }
            else
            {
                WriteText(console, explanation, columns);
                if (!warnings.IsEmpty)
                {
                    console.Out.WriteLine(ScriptFile.Text(compiled.Utf8.ToArray(), warnings));
                }
            }

            return ExitCode.Done;
        });
        return command;
    }

    private static void WriteText(CommandConsole console, ScriptExplanation explanation, JsonArray? columns)
    {
        console.Out.WriteLine($"{explanation.Name} {explanation.Version}, zone {explanation.Zone}");
        console.Out.WriteLine("request: " + string.Join("; ", explanation.Fields));
        var table = new Table { Border = TableBorder.Simple };
        table.AddColumns("name", "kind", "type", "encoders", "ids", "reads", "ops", "ns");
        foreach (FeatureExplanation item in explanation.Items)
        {
            string ids = item.Ids switch
            {
                0 => "",
                < 0 => "fitted",
                _ => item.Ids.ToString(CultureInfo.InvariantCulture),
            };
            string name = item.Columns.Length > 1 ? $"{item.Name} ({string.Join(' ', item.Columns)})" : item.Name;
            string[] cells =
            [
                name, item.Kind, item.Type, item.Encoders, ids, string.Join(' ', item.Reads),
                item.Operations.ToString(CultureInfo.InvariantCulture),
                item.Nanoseconds.ToString("F0", CultureInfo.InvariantCulture),
            ];
            table.AddRow([.. cells.Select(Markup.Escape)]);
        }

        IAnsiConsole ansi = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Ansi = AnsiSupport.No,
            ColorSystem = ColorSystemSupport.NoColors,
            Out = new AnsiConsoleOutput(console.Out),
        });
        ansi.Profile.Width = 200;
        ansi.Write(table);
        string state = explanation.State.IsEmpty
            ? "no state is kept"
            : string.Create(
                CultureInfo.InvariantCulture,
                $"{explanation.State.Length} reads of state, up to {SizeText.Of(explanation.StateBytesPerKey)} a key");
        console.Out.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{explanation.Operations} operations, about {explanation.Nanoseconds / 1000:F2} us a row; {state}"));
        foreach (LogExplanation log in explanation.State)
        {
            StateText.Write(console.Out, log);
        }

        foreach (JsonNode? column in columns ?? [])
        {
            uint size = column!["size"]!.GetValue<uint>();
            console.Out.WriteLine($"column {column["name"]}: {column["kind"]}{(size == 0 ? "" : $", {size} ids")}");
        }
    }

    // What a model sees; null where fitting decides and there are no statistics.
    private static JsonArray? Columns(FeatureScript script, FittedStatistics? statistics, string? path) =>
        statistics is null && script.NeedsStatistics
            ? null
            : new JsonArray([.. ProgramOf(script, statistics, path).Columns.Select(Json)]);

    private static FeatureProgram ProgramOf(FeatureScript script, FittedStatistics? statistics, string? path) =>
        path is null
            ? FeatureProgram.Create(script, statistics)
            : Placed.In(path, "statistics", () => FeatureProgram.Create(script, statistics));

    private static JsonNode? Json(FeatureColumn column) => new JsonObject
    {
        ["name"] = column.Name,
        ["kind"] = column.IsDiscrete ? "discrete" : "continuous",
        ["size"] = column.Size,
        ["ids_max"] = column.IdsMax,
    };

    private static JsonObject Json(ScriptExplanation explanation) => new()
    {
        ["name"] = explanation.Name,
        ["version"] = explanation.Version,
        ["zone"] = explanation.Zone,
        ["fields"] = JsonOutput.Texts(explanation.Fields),
        ["items"] = new JsonArray([.. explanation.Items.Select(item => (JsonNode?)Json(item))]),
        ["operations"] = explanation.Operations,
        ["estimated_ns"] = explanation.Nanoseconds,
        ["reads"] = explanation.State.Length,
        ["state_bytes_per_key"] = explanation.StateBytesPerKey,
        ["state"] = new JsonArray([.. explanation.State.Select(log => (JsonNode?)StateText.Json(log))]),
    };

    private static JsonObject Json(FeatureExplanation item) => new()
    {
        ["name"] = item.Name,
        ["kind"] = item.Kind,
        ["type"] = item.Type,
        ["encoders"] = item.Encoders,
        ["columns"] = JsonOutput.Texts(item.Columns),
        ["ids"] = item.Ids < 0 ? null : item.Ids,
        ["reads"] = JsonOutput.Texts(item.Reads),
        ["operations"] = item.Operations,
        ["estimated_ns"] = item.Nanoseconds,
    };
}
