using System.CommandLine;
using System.Text.Json.Nodes;
using Serving.Cli.CommandLine;
using Serving.Cli.TensorModels;
using Serving.Models;
using Serving.Models.Tensors;

namespace Serving.Cli.Commands;

/// <summary>
/// <c>model show FILE</c>: loads a model of another tool and prints what it is; 3 with a reason where it is refused.
/// </summary>
internal static class ModelShowCommand
{
    public static Command Create(CommandConsole console)
    {
        var file = new Argument<string>("FILE") 
        {
            Description = "LightGBM text, XGBoost JSON or UBJ, linear.json, ONNX, or the folder of a SavedModel.",
        };
        var format = new Option<string>("--format")
        {
            Description = TensorSource.FormatNames(console.Runtimes(null)),
            DefaultValueFactory = _ => "auto",
        };
        Option<bool> json = SharedOptions.Json();
        var tensors = new TensorOptions();
        var command = new Command("show", "Print what a model file is.\n\nExample: serving model show model.txt")
        {
            file, format, json, tensors.Tags, tensors.Library,
        };
        command.SetAction(parsed =>
        {
            IReadOnlyList<IScorerFactory> runtimes = console.Runtimes(parsed.GetValue(tensors.Library));
            if (TensorSource.Find(parsed.GetValue(file)!, parsed.GetValue(format)!, runtimes) is { } source)
            {
                ShowTensors(console, source, tensors.Of(parsed), parsed.GetValue(json));
                return ExitCode.Done;
            }

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

    private static void ShowTensors(
        CommandConsole console, TensorSource source, TensorModelOptions options, bool isJson)
    {
        var text = new TensorModelText(source.Check(options), source.Factory, options);
        if (isJson)
        {
            JsonOutput.Write(console.Out, text.ToJson());
        }
        else
        {
            text.Write(console.Out);
        }
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
