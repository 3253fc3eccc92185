using System.Collections.Immutable;
using System.CommandLine;
using System.Text.Json.Nodes;
using Serving.Cli.CommandLine;
using Serving.Features;
using Serving.Features.Testing;

namespace Serving.Cli.Commands;

/// <summary><c>features test SCRIPT</c>: runs the script's own test blocks; 1 where one fails.</summary>
internal static class FeaturesTestCommand
{
    public static Command Create(CommandConsole console)
    {
        Argument<string> script = SharedOptions.Script();
        Option<bool> json = SharedOptions.Json();
        var command = new Command(
            "test",
            "Run the test blocks of a script.\n\n"
                + "Example: serving features test card.feat")
        {
            script, json,
        };
        command.SetAction(parsed => Run(console, parsed.GetValue(script)!, parsed.GetValue(json)));
        return command;
    }

    private static int Run(CommandConsole console, string path, bool json)
    {
        FeatureScript script = ScriptFile.Compile(path);
        ImmutableArray<ScriptTestResult> results = ScriptTestRunner.Run(script, path);
        int failed = results.Count(result => !result.Passed);
        if (json)
        {
            JsonOutput.Write(console.Out, new JsonObject
            {
                ["passed"] = results.Length - failed,
                ["failed"] = failed,
                ["tests"] = new JsonArray([.. results.Select(result => (JsonNode?)Json(result))]),
            });
        }
        else
        {
            WriteText(console, path, results, failed);
        }

        return failed == 0 ? ExitCode.Done : ExitCode.CheckFailed;
    }

    private static void WriteText(
        CommandConsole console, string path, ImmutableArray<ScriptTestResult> results, int failed)
    {
        byte[] bytes = ScriptFile.ReadBytes(path);
        foreach (ScriptTestResult result in results)
        {
            console.Out.WriteLine($"{(result.Passed ? "passed" : "FAILED")}  {result.Title}");
            if (!result.Passed)
            {
                console.Out.WriteLine(ScriptFile.Text(bytes, result.Failures));
            }
        }

        console.Out.WriteLine($"{results.Length - failed} passed, {failed} failed");
    }

    private static JsonObject Json(ScriptTestResult result) => new()
    {
        ["title"] = result.Title,
        ["passed"] = result.Passed,
        ["failures"] = new JsonArray([.. result.Failures.Select(failure => (JsonNode?)ScriptFile.Json(failure))]),
    };
}
