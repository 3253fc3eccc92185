using System.Collections.Immutable;
using System.CommandLine;
using System.Text.Json.Nodes;
using Serving.Cli.CommandLine;
using Serving.Features.Comparison;

namespace Serving.Cli.Commands;

/// <summary><c>features diff OLD NEW</c>: which features change; 1 where any does.</summary>
internal static class FeaturesDiffCommand
{
    public static Command Create(CommandConsole console)
    {
        var old = new Argument<string>("OLD") { Description = "The script before." };
        var current = new Argument<string>("NEW") { Description = "The script after." };
        Option<bool> json = SharedOptions.Json();
        var command = new Command(
            "diff",
            "Show which features change between two scripts.\n\n"
                + "Example: serving features diff card-3.feat card-4.feat")
        {
            old, current, json,
        };
        command.SetAction(parsed =>
        {
            ImmutableArray<ScriptDifference> differences = ScriptComparison.Compare(
                ScriptFile.Compile(parsed.GetValue(old)!), ScriptFile.Compile(parsed.GetValue(current)!));
            Write(console, differences, parsed.GetValue(json));
            return differences.IsEmpty ? ExitCode.Done : ExitCode.CheckFailed;
        });
        return command;
    }

    private static void Write(CommandConsole console, ImmutableArray<ScriptDifference> differences, bool json)
    {
        if (json)
        {
            JsonOutput.Write(console.Out, new JsonObject
            {
                ["equal"] = differences.IsEmpty,
                ["differences"] = new JsonArray([.. differences.Select(item => (JsonNode?)Json(item))]),
            });
            return;
        }

        foreach (ScriptDifference item in differences)
        {
            console.Out.WriteLine(item.Change switch
            {
                "added" => $"+ {item.Feature}\n    {item.New}",
                "removed" => $"- {item.Feature}\n    {item.Old}",
                // Its own text is the same: what it reads changed.
                _ when item.Old == item.New => $"~ {item.Feature}: {item.Why}, which changed",
                _ => $"~ {item.Feature}: {item.Why}\n  - {item.Old}\n  + {item.New}",
            });
        }

        console.Out.WriteLine(differences.IsEmpty ? "no feature changes" : $"{differences.Length} features differ");
    }

    private static JsonObject Json(ScriptDifference item) => new()
    {
        ["feature"] = item.Feature,
        ["change"] = item.Change,
        ["why"] = item.Why,
        ["old"] = item.Old,
        ["new"] = item.New,
    };
}
