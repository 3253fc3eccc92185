using System.CommandLine;
using System.Text.Json.Nodes;
using Serving.Cli.CommandLine;
using Serving.Cli.LogTools;
using Serving.Cli.StateTools;
using Serving.Engine.Predictions.Log;

namespace Serving.Cli.Commands;

/// <summary><c>log verify DIR</c>: checks every checksum and that no record is missing or there twice.</summary>
internal static class LogVerifyCommand
{
    public static Command Create(CommandConsole console)
    {
        Argument<string> folder = LogFolder.Create();
        Option<bool> json = SharedOptions.Json();
        var command = new Command(
            "verify",
            "Check a prediction log, also beside its server: checksums, missing and doubled records.\n\n"
                + "Example: serving log verify log")
        {
            folder, json,
        };
        command.SetAction((parsed, cancellation) => Task.Run(
            () =>
            {
                using var line = new ProgressLine(console, "verify", "records", TimeProvider.System);
                LogVerification found = LogVerification.Run(
                    LogFolder.Existing(parsed.GetValue(folder)!),
                    new SameThreadProgress(done => line.Report(done, double.NaN)),
                    cancellation);
                Write(console, found, parsed.GetValue(json));
                return found.IsOk ? ExitCode.Done : ExitCode.CheckFailed;
            },
            CancellationToken.None));
        return command;
    }

    private static void Write(CommandConsole console, LogVerification found, bool isJson)
    {
        if (isJson)
        {
            JsonOutput.Write(console.Out, new JsonObject
            {
                ["ok"] = found.IsOk,
                ["segments"] = found.Segments,
                ["records"] = found.Records,
                ["problems"] = new JsonArray([.. found.Problems.Select(problem => (JsonNode?)new JsonObject
                {
                    ["file"] = problem.File,
                    ["offset"] = problem.Offset,
                    ["kind"] = WordOf(problem.Kind),
                })]),
            });
            return;
        }

        foreach (LogProblem problem in found.Problems)
        {
            console.Out.WriteLine($"{problem.File} offset {problem.Offset}: {TextOf(problem.Kind)}");
        }

        console.Out.WriteLine(found.IsOk
            ? $"ok: {found.Records} records in {found.Segments} segments"
            : $"damaged: {found.Problems.Length} places; {found.Records} records in {found.Segments} segments are "
                + "whole");
    }

    private static string WordOf(LogProblemKind kind) => kind.ToString().ToLowerInvariant();

    private static string TextOf(LogProblemKind kind) => kind switch
    {
        LogProblemKind.Torn => "torn: the log ends in the middle of a record; a server, or log repair, cuts it off",
        LogProblemKind.Checksum => "checksum: bytes were changed",
        LogProblemKind.Missing => "missing: records before this place are not there",
        _ => "duplicate: records stand here a second time",
    };
}
