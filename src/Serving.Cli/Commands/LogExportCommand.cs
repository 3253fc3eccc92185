using System.CommandLine;
using Serving.Cli.CommandLine;
using Serving.Cli.LogTools;
using Serving.Cli.StateTools;
using Serving.Data;
using Serving.Data.Time;
using Serving.Engine.Predictions.Log;
using Serving.Engine.Predictions.Log.Exports;
using Serving.Tables;

namespace Serving.Cli.Commands;

/// <summary>
/// <c>log export DIR [--out FILE]</c>: a prediction log as JSON lines or a table, with labels that came.
/// </summary>
internal static class LogExportCommand
{
    public static Command Create(CommandConsole console)
    {
        Argument<string> folder = LogFolder.Create();
        Option<string?> output = new("--out", "-o")
        {
            Description = "File to write: .jsonl, .jsonl.gz, .parquet, .csv; - or nothing is stdout.",
        };
        var model = new Option<string?>("--model") { Description = "Answers of this model alone." };
        Option<string?> from = SharedOptions.From();
        Option<string?> until = SharedOptions.Until();
        var labels = new LabelOptions();
        Option<string[]> rename = SharedOptions.Rename();
        Option<string?> format = SharedOptions.Format();
        Option<string?> keys = LogKeyOption.Create();
        var command = new Command(
            "export",
            "Write a prediction log as lines of record files, or its answers as a table, labels joined by id.\n\n"
                + "Example: serving log export log --out answers.parquet")
        {
            folder, output, model, from, until, labels.File, labels.Label, labels.Known, labels.Within, labels.AsOf,
            rename, format, keys,
        };
        command.SetAction((parsed, cancellation) => Task.Run(
            () =>
            {
                string target = OutputPath.Writable(parsed.GetValue(output) ?? TableFormats.StandardStream);
                var export = new LogExport(
                    LogFolder.Existing(parsed.GetValue(folder)!),
                    Filter(parsed.GetValue(model), parsed.GetValue(from), parsed.GetValue(until)),
                    labels.Read(console, parsed, parsed.GetValue(rename), parsed.GetValue(format)),
                    LogKeyOption.Read(parsed.GetValue(keys)));
                long count = Run(console, export, target, cancellation);
                SayWhatIsLeftOut(console, export);
                console.Error.WriteLine($"{count} records");
                return ExitCode.Done;
            },
            CancellationToken.None));
        return command;
    }

    /// <summary>Which records the options take.</summary>
    public static LogFilter Filter(string? model, string? from, string? until) => new()
    {
        Model = model,
        From = TableInput.Time(from, ZoneTable.Utc, "--from") ?? long.MinValue,
        Until = TableInput.Time(until, ZoneTable.Utc, "--until") ?? long.MaxValue,
    };

    /// <summary>Says on stderr what the log holds and nobody could read.</summary>
    public static void SayWhatIsLeftOut(CommandConsole console, LogExport export)
    {
        foreach (LogProblem problem in export.Problems)
        {
            console.Error.WriteLine(
                $"warning: {problem.File} offset {problem.Offset}: {problem.Kind.ToString().ToLowerInvariant()}");
        }

        if (export.Closed > 0)
        {
            console.Error.WriteLine(
                $"warning: {export.Closed} records are encrypted and their key is not there: --key-file F");
        }
    }

    private static long Run(
        CommandConsole console, LogExport export, string target, CancellationToken cancellation)
    {
        using var line = new ProgressLine(console, "export", "records", TimeProvider.System);
        var progress = new SameThreadProgress(done => line.Report(done, double.NaN));
        if (target == TableFormats.StandardStream)
        {
            console.Out.Flush();
            long written = export.WriteLines(console.Output, progress, cancellation);
            console.Output.Flush();
            return written;
        }

        bool isLines = target.EndsWith(".jsonl", StringComparison.OrdinalIgnoreCase)
            || target.EndsWith(".jsonl.gz", StringComparison.OrdinalIgnoreCase);
        return isLines
            ? WriteLines(export, target, progress, cancellation)
            : WriteTable(console, export, target, progress, cancellation);
    }

    private static long WriteLines(
        LogExport export, string target, SameThreadProgress progress, CancellationToken cancellation)
    {
        string temporary = $"{target}.{Environment.ProcessId}.tmp";
        try
        {
            long count;
            using (Stream file = File.Create(temporary))
            using (Stream lines = target.EndsWith(".gz", StringComparison.OrdinalIgnoreCase)
                ? new System.IO.Compression.GZipStream(file, System.IO.Compression.CompressionLevel.Optimal)
                : file)
            {
                count = export.WriteLines(lines, progress, cancellation);
            }

            File.Move(temporary, target, overwrite: true);
            return count;
        }
        finally
        {
            File.Delete(temporary);
        }
    }

    private static long WriteTable(
        CommandConsole console, LogExport export, string target, SameThreadProgress progress,
        CancellationToken cancellation)
    {
        RowSchema columns = export.ReadColumns(cancellation);
        using IRowSink sink = RowWriter.Create(
            target, columns, null, TableInput.Writing(console, target, null, target));
        long count = export.WriteRows(columns, rows => Write(sink, rows), progress, cancellation);
        sink.Complete();
        return count;
    }

    private static void Write(IRowSink sink, RowBatch rows)
    {
        using IFormattedRows formatted = sink.Format(rows, null);
        sink.Write(formatted);
    }
}
