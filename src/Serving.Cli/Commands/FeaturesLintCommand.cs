using System.Collections.Immutable;
using System.CommandLine;
using Serving.Cli.CommandLine;
using Serving.Features;
using Serving.Features.Linting;

namespace Serving.Cli.Commands;

/// <summary>
/// <c>features lint SCRIPT</c>: warnings about what compiles and is probably wrong; they leave the exit code 0.
/// </summary>
internal static class FeaturesLintCommand
{
    public static Command Create(CommandConsole console)
    {
        Argument<string> script = SharedOptions.Script();
        Option<bool> json = SharedOptions.Json();
        var command = new Command(
            "lint",
            "Find leaks and mistakes in a script that compiles.\n\n"
                + "Example: serving features lint card.feat")
        {
            script, json,
        };
        command.SetAction(parsed => Run(console, parsed.GetValue(script)!, parsed.GetValue(json)));
        return command;
    }

    private static int Run(CommandConsole console, string path, bool json)
    {
        FeatureScript script = ScriptFile.Compile(path);
        ImmutableArray<Diagnostic> diagnostics = ScriptLinter.Lint(script, path);
        if (json)
        {
            JsonOutput.Write(console.Out, ScriptFile.Json(true, diagnostics));
        }
        else
        {
            console.Out.WriteLine(
                diagnostics.IsEmpty
                    ? $"{path}: nothing to say"
                    : ScriptFile.Text(ScriptFile.ReadBytes(path), diagnostics));
        }

        return ExitCode.Done;
    }
}
