using System.Collections.Immutable;
using System.CommandLine;
using Serving.Cli.CommandLine;
using Serving.Features;
using Serving.Features.Explanation;

namespace Serving.Cli.Commands;

/// <summary><c>features check SCRIPT</c>: diagnostics; 0 where the script compiles, else 3.</summary>
internal static class FeaturesCheckCommand
{
    public static Command Create(CommandConsole console)
    {
        Argument<string> script = SharedOptions.Script();
        Option<bool> json = SharedOptions.Json();
        Option<string?> budget = StateBudgetOption.Create();
        var command = new Command(
            "check",
            "Compile a script and show everything that is wrong with it.\n\n"
                + "Example: serving features check card.feat")
        {
            script, json, budget,
        };
        command.SetAction(parsed => Run(
            console,
            parsed.GetValue(script)!,
            StateBudgetOption.Parse(parsed.GetValue(budget)),
            parsed.GetValue(json)));
        return command;
    }

    private static int Run(CommandConsole console, string path, long? budgetBytes, bool json)
    {
        byte[] bytes = ScriptFile.ReadBytes(path);
        FeatureScript? script = FeatureScript.Compile(bytes, path, out ImmutableArray<Diagnostic> diagnostics);
        if (script is not null)
        {
            diagnostics = [.. diagnostics, .. StateBudget.Check(script, path, budgetBytes)];
        }

        bool isGood = script is not null && !diagnostics.Any(one => one.IsError);
        if (json)
        {
            JsonOutput.Write(console.Out, ScriptFile.Json(isGood, diagnostics));
            return isGood ? ExitCode.Done : ExitCode.Input;
        }

        if (!diagnostics.IsEmpty)
        {
            console.Out.WriteLine(ScriptFile.Text(bytes, diagnostics));
        }

        if (isGood)
        {
            console.Out.WriteLine($"{path}: ok, {script!.Name} {script.Version}");
        }

        return isGood ? ExitCode.Done : ExitCode.Input;
    }
}
