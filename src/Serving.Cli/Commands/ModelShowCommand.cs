using System.CommandLine;
using System.Text.Json.Nodes;
using Serving.Cli.CommandLine;
using Serving.Models;

namespace Serving.Cli.Commands;

/// <summary>
/// <c>model show FILE</c>: loads a model of another tool and prints what it is; 3 with a reason where it is refused.
/// </summary>
internal static class ModelShowCommand
{
    public static Command Create(CommandConsole console)
    {
        var file = new Argument<string>("FILE") { Description = "LightGBM text, XGBoost JSON or UBJ, or linear.json." };
        var format = new Option<string>("--format")
        {
            Description = string.Join(", ", ModelFormats.Names),
            DefaultValueFactory = _ => "auto",
        };
        Option<bool> json = SharedOptions.Json();
        var command = new Command("show", "Print what a model file is.\n\nExample: serving model show model.txt")
        {
            file, format, json,
        };
        command.SetAction(parsed =>
        {
            ModelDescription description =
                ModelSource.Load(parsed.GetValue(file)!, parsed.GetValue(format)!).Description;
            if (parsed.GetValue(json))
            {
                JsonOutput.Write(console.Out, Json(description));
            }
            else
            {
                WriteText(console, description);
            }

            return ExitCode.Done;
        });
        return command;
    }

    private static void WriteText(CommandConsole console, ModelDescription model)
    {
        console.Out.WriteLine($"{model.Format}, written by {model.Tool} {model.ToolVersion}".TrimEnd());
        console.Out.WriteLine($"objective {model.Objective}, {model.Outputs} output(s), link {model.Link}");
        console.Out.WriteLine(
            $"{model.Trees} trees, depth {model.Depth}, {model.Features.Length} features, {model.MemoryBytes} bytes");
        console.Out.WriteLine($"runs by {model.RunsBy}: {model.Why}");
        console.Out.WriteLine(
            "engines " + string.Join(", ", model.Engines.Select(pair => $"{pair.Key}: {pair.Value}")));
        foreach (string note in model.NotCarriedOver)
        {
            console.Out.WriteLine("not carried over: " + note);
        }

        foreach (ModelFeature feature in model.Features)
        {
            string more = feature.Categories.Length > 20 ? ", ..." : "";
            string categories = feature.Categories.IsEmpty
                ? ""
                : $" [{string.Join(", ", feature.Categories.Take(20))}{more}]";
            console.Out.WriteLine($"  {feature.Name}: {feature.Type}{categories}");
        }
    }

    private static JsonObject Json(ModelDescription model) => new()
    {
        ["format"] = model.Format,
        ["tool"] = model.Tool,
        ["tool_version"] = model.ToolVersion,
        ["objective"] = model.Objective,
        ["trees"] = model.Trees,
        ["depth"] = model.Depth,
        ["features"] = new JsonArray([.. model.Features.Select(feature => (JsonNode?)new JsonObject
        {
            ["name"] = feature.Name,
            ["type"] = feature.Type,
            ["categories"] = JsonOutput.Texts(feature.Categories),
        })]),
        ["outputs"] = model.Outputs,
        ["link"] = model.Link,
        ["runs_by"] = model.RunsBy,
        ["why"] = model.Why,
        ["engines"] = new JsonObject(model.Engines.Select(pair =>
            KeyValuePair.Create($"{pair.Key}", (JsonNode?)JsonValue.Create(pair.Value)))),
        ["memory_bytes"] = model.MemoryBytes,
        ["not_carried_over"] = JsonOutput.Texts(model.NotCarriedOver),
    };
}
