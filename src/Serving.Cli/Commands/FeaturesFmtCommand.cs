using System.Collections.Immutable;
using System.CommandLine;
using System.Text;
using Serving.Cli.CommandLine;
using Serving.Features;
using Serving.Features.Formatting;

namespace Serving.Cli.Commands;

/// <summary>
/// <c>features fmt SCRIPT</c>: the canonical text, to stdout, back into the file, or compared with it.
/// </summary>
internal static class FeaturesFmtCommand
{
    public static Command Create(CommandConsole console)
    {
        Argument<string> script = SharedOptions.Script();
        var write = new Option<bool>("--write") { Description = "Write the text back into the file." };
        var check = new Option<bool>("--check")
        {
            Description = "Only compare: 1 where the file is not in canonical form.",
        };
        var command = new Command(
            "fmt",
            "Print the canonical text of a script.\n\n"
                + "Example: serving features fmt card.feat --write")
        {
            script, write, check,
        };
        command.SetAction(parsed =>
            Run(console, parsed.GetValue(script)!, parsed.GetValue(write), parsed.GetValue(check)));
        return command;
    }

    private static int Run(CommandConsole console, string path, bool write, bool check)
    {
        byte[] bytes = ScriptFile.ReadBytes(path);
        string? text = ScriptFormatter.Format(bytes, path, out ImmutableArray<Diagnostic> diagnostics);
        if (text is null)
        {
            console.Error.WriteLine(ScriptFile.Text(bytes, diagnostics));
            return ExitCode.Input;
        }

        byte[] canonical = Encoding.UTF8.GetBytes(text);
        bool same = canonical.AsSpan().SequenceEqual(bytes);
        if (check)
        {
            console.Error.Write(same ? "" : $"{path} is not in canonical form; run features fmt --write\n");
            return same ? ExitCode.Done : ExitCode.CheckFailed;
        }

        if (!write)
        {
            console.Out.Write(text);
        }
        else if (!same)
        {
            OutputText.Write(console, path, canonical);
        }

        return ExitCode.Done;
    }
}
