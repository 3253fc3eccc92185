using System.CommandLine;
using Serving.Cli.CommandLine;
using Serving.Cli.ModelScoring;
using Serving.Data;
using Serving.Models;
using Serving.Tables;

namespace Serving.Cli.Commands;

/// <summary>
/// <c>model score</c>: scores rows with a model of another tool, columns as the tool itself numbers them.
/// </summary>
internal static class ModelScoreCommand
{
    public static Command Create(CommandConsole console)
    {
        var model = new Option<string>("--model") { Description = "The model's file.", Required = true };
        var format = new Option<string>("--format")
        {
            Description = "The model's: " + string.Join(", ", ModelFormats.Names),
            DefaultValueFactory = _ => "auto",
        };
        var input = new Option<string>("--in")
        {
            Description = "Rows, one column per model feature; - is CSV on stdin.",
            Required = true,
        };
        var columns = new Option<string>("--output")
        {
            Description = "Comma list of raw, prediction, leaf.",
            DefaultValueFactory = _ => "prediction",
        };
        var engine = new Option<string>("--engine")
        {
            Description = string.Join(", ", ScorerEngines.Names),
            DefaultValueFactory = _ => "auto",
        };
        Option<string> output = SharedOptions.Out("File of the scores; - is CSV on stdout.");
        var command = new Command(
            "score",
            "Score rows with a model file.\n\n"
                + "Example: serving model score --model model.txt --in rows.csv --output raw,prediction "
                + "--out scores.csv")
        {
            model, format, input, columns, engine, output,
        };
        command.SetAction((parsed, cancellation) => Task.Run(
            () =>
            {
                ScoreColumns wanted = ScoreColumns.Parse(parsed.GetValue(columns)!);
                string target = OutputPath.Writable(parsed.GetValue(output)!);
                ScoringModel loaded = ModelSource.Load(parsed.GetValue(model)!, parsed.GetValue(format)!);
                ScorerEngine chosen = EngineOf(loaded, parsed.GetValue(engine)!);
                wanted.CheckAgainst(loaded);
                string file = InputPath.Rows(parsed.GetValue(input)!);
                Run(console, loaded, chosen, wanted, file, target, cancellation);
                return ExitCode.Done;
            },
            CancellationToken.None));
        return command;
    }

    private static ScorerEngine EngineOf(ScoringModel model, string name)
    {
        if (!ScorerEngines.TryParse(name, out ScorerEngine engine))
        {
            throw new UsageException($"--engine {name}: expected one of {string.Join(", ", ScorerEngines.Names)}");
        }

        string able = string.Join(", ", model.RunnableEngines.Select(ScorerEngines.NameOf));
        return model.CanRun(engine)
            ? engine
            : throw new UsageException($"--engine {name} cannot run this model; those that can: {able}");
    }

    private static void Run(
        CommandConsole console,
        ScoringModel model,
        ScorerEngine engine,
        ScoreColumns wanted,
        string input,
        string output,
        CancellationToken cancellation)
    {
        using ModelRows rows = ModelRows.Open(console, model, input);
        var writing = new RowWriterOptions
        {
            Format = output == TableFormats.StandardStream ? TableFormat.Csv : null,
            StandardOutput = console.Output,
        };
        using IRowSink sink = RowWriter.Create(output, wanted.SchemaFor(model), null, writing);
        var scoring = new ModelScorer(model, engine, wanted);
        using var progress = new ProgressLine(console, "score", "rows", TimeProvider.System);
        long count = 0;
        while (rows.Read() is { } batch)
        {
            cancellation.ThrowIfCancellationRequested();
            sink.Write(sink.Format(scoring.Score(batch), null));
            count += batch.RowCount;
            progress.Report(count, rows.Progress);
        }

        sink.Complete();
    }
}
