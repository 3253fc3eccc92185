using System.CommandLine;
using System.Text.Json.Nodes;
using Serving.Cli.CommandLine;
using Serving.Data;
using Serving.Engine.Bundles;

namespace Serving.Cli.Commands;

/// <summary>
/// <c>bundle verify DIR</c>: checks everything about a bundle; 1 with all problems where it is wrong.
/// </summary>
internal static class BundleVerifyCommand
{
    public static Command Create(CommandConsole console)
    {
        var bundle = new Argument<string>("DIR") { Description = "Folder or .bundle file." };
        Option<bool> json = SharedOptions.Json();
        var command = new Command(
            "verify",
            "Check a bundle: hashes, parts, samples.\n\n"
                + "Example: serving bundle verify models-sample/card-fraud/1")
        {
            bundle, json,
        };
        command.SetAction(parsed => Run(console, parsed.GetValue(bundle)!, parsed.GetValue(json)));
        return command;
    }

    private static int Run(CommandConsole console, string path, bool json)
    {
        BundleVerification found = BundleVerifier.Verify(path, console.Runtimes(null));
        if (json)
        {
            JsonOutput.Write(console.Out, new JsonObject
            {
                ["ok"] = found.IsOk,
                ["problem_count"] = found.ProblemCount,
                ["problems"] = new JsonArray([.. found.Problems.Select(problem => (JsonNode?)new JsonObject
                {
                    ["place"] = problem.Place,
                    ["found"] = problem.Found,
                    ["expected"] = problem.Expected,
                    ["advice"] = problem.Advice,
                })]),
            });
        }
        else if (found.IsOk)
        {
            console.Out.WriteLine($"{path}: ok");
        }
        else
        {
            foreach (InputProblem problem in found.Problems)
            {
                console.Out.WriteLine(problem);
            }

            long more = found.ProblemCount - found.Problems.Length;
            console.Out.Write(more > 0 ? $"... and {more} more\n" : "");
        }

        return found.IsOk ? ExitCode.Done : ExitCode.CheckFailed;
    }
}
