using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using Serving.Cli.CommandLine;
using Serving.Cli.Simulation;

namespace Serving.Cli.Commands;

/// <summary><c>simulate cards</c>: writes transactions.csv and chargebacks.csv; same seed, same bytes.</summary>
internal static class SimulateCardsCommand
{
    public static Command Create(CommandConsole console)
    {
        var customers = new Option<int>("--customers") { Description = "Customers.", Required = true };
        var terminals = new Option<int>("--terminals") { Description = "Terminals.", Required = true };
        var days = new Option<int>("--days") { Description = "Days of payments.", Required = true };
        var seed = new Option<ulong>("--seed") { Description = "Seed.", Required = true };
        var from = new Option<string?>("--from") { Description = "First day, e.g. 2025-01-01." };
        Option<string> output = SharedOptions.Out("Folder of the two files.");
        Option<bool> json = SharedOptions.Json();
        var command = new Command(
            "cards",
            "Simulate card payments with fraud and late chargebacks.\n\n"
                + "Example: serving simulate cards --customers 1000 --terminals 2000 --days 30 --seed 1 --out cards")
        {
            customers, terminals, days, seed, from, output, json,
        };
        command.SetAction((parsed, cancellation) => Task.Run(
            () =>
            {
                var options = new SimulationOptions(
                    parsed.GetValue(customers), parsed.GetValue(terminals), parsed.GetValue(days),
                    parsed.GetValue(seed));
                options = parsed.GetValue(from) is { } day ? options with { From = Day(day) } : options;
                if (options.Problems().FirstOrDefault() is { } problem)
                {
                    throw new UsageException(problem);
                }

                using var progress = new ProgressLine(console, "simulate", "days", TimeProvider.System);
                SimulationSummary summary = Write(
                    options, parsed.GetValue(output)!, day => progress.Report(day, day / (double)options.Days),
                    cancellation);
                Report(console, summary, parsed.GetValue(json));
                return ExitCode.Done;
            },
            CancellationToken.None));
        return command;
    }

    // Both files appear together at the end, or neither.
    private static SimulationSummary Write(
        SimulationOptions options, string folder, Action<int> dayDone, CancellationToken cancellation)
    {
        Directory.CreateDirectory(folder);
        string[] paths = [Path.Combine(folder, "transactions.csv"), Path.Combine(folder, "chargebacks.csv")];
        string[] temporary = [.. paths.Select(path => path + ".tmp")];
        try
        {
            SimulationSummary summary;
            using (FileStream transactions = File.Create(temporary[0]))
            using (FileStream chargebacks = File.Create(temporary[1]))
            {
                summary = CardSimulator.Run(options, transactions, chargebacks, dayDone, cancellation);
            }

            File.Move(temporary[0], paths[0], overwrite: true);
            File.Move(temporary[1], paths[1], overwrite: true);
            return summary;
        }
        finally
        {
            Array.ForEach(temporary, File.Delete);
        }
    }

    private static DateOnly Day(string text) =>
        DateOnly.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out DateOnly day)
            ? day
            : throw new UsageException($"--from {text}: a day such as 2025-01-01 is expected");

    private static void Report(CommandConsole console, SimulationSummary summary, bool json)
    {
        if (json)
        {
            JsonOutput.Write(console.Out, new JsonObject
            {
                ["payments"] = summary.Payments,
                ["frauds"] = summary.Frauds,
                ["chargebacks"] = summary.Chargebacks,
            });
            return;
        }

        console.Out.WriteLine(
            $"{summary.Payments} payments, {summary.Frauds} of them fraud, {summary.Chargebacks} chargebacks");
    }
}
