using System.Collections.Immutable;
using System.CommandLine;
using Serving.Cli.CommandLine;
using Serving.Features;

namespace Serving.Cli.Commands;

/// <summary><c>features check SCRIPT</c>: diagnostics; 0 where the script compiles, else 3.</summary>
internal static class FeaturesCheckCommand
{
    public static Command Create(CommandConsole console)
    {
        Argument<string> script = SharedOptions.Script();
        Option<bool> json = SharedOptions.Json();
        var budget = new Option<string?>("--state-budget")
        {
            Description = "Greatest state per key, e.g. 8KB (scripts with windows).",
        };
        var command = new Command(
            "check",
            "Compile a script and show everything that is wrong with it.\n\n"
                + "Example: serving features check card.feat")
        {
            script, json, budget,
        };
        command.SetAction(parsed => Run(console, parsed.GetValue(script)!, parsed.GetValue(json)));
        return command;
    }

    private static int Run(CommandConsole console, string path, bool json)
    {
        byte[] bytes = ScriptFile.ReadBytes(path);
        FeatureScript? script = FeatureScript.Compile(bytes, path, out ImmutableArray<Diagnostic> diagnostics);
        if (json)
        {
            JsonOutput.Write(console.Out, ScriptFile.Json(script is not null, diagnostics));
        }
        else if (script is not null && diagnostics.IsEmpty)
        {
            console.Out.WriteLine($"{path}: ok, {script.Name} {script.Version}");
        }
        else
        {
            console.Out.WriteLine(ScriptFile.Text(bytes, diagnostics));
        }

        return script is null ? ExitCode.Input : ExitCode.Done;
    }
}
