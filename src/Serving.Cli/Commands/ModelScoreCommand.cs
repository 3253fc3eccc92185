using System.CommandLine;
using Serving.Cli.CommandLine;
using Serving.Cli.ModelScoring;
using Serving.Cli.TensorModels;
using Serving.Data;
using Serving.Models;
using Serving.Models.Tensors;
using Serving.Tables;

namespace Serving.Cli.Commands;

/// <summary>
/// <c>model score</c>: scores rows with a model of another tool, columns as the tool itself numbers them, or calls a
/// tensor model with the inputs of a JSON file.
/// </summary>
internal sealed class ModelScoreCommand
{
    private readonly CommandConsole _console;
    private readonly TensorOptions _tensors = new();
    private readonly Option<string> _model = new("--model")
    {
        Description = "The model's file, or the folder of a SavedModel.",
        Required = true,
    };

    private readonly Option<string> _format;
    private readonly Option<string> _input = new("--in")
    {
        Description = "Rows, one column per feature; - is CSV on stdin. Of a tensor model JSON {\"inputs\": ...}.",
        Required = true,
    };

    private readonly Option<string> _columns = new("--output")
    {
        Description = "Comma list of raw, prediction, leaf.",
        DefaultValueFactory = _ => "prediction",
    };

    private readonly Option<string> _engine = new("--engine")
    {
        Description = string.Join(", ", ScorerEngines.Names),
        DefaultValueFactory = _ => "auto",
    };

    private readonly Option<string?> _output = new("--out", "-o")
    {
        Description = "File of the scores; - is CSV on stdout. A tensor model answers JSON, by default on stdout.",
    };

    private readonly Option<string> _signature = new("--signature")
    {
        Description = "Signature of a tensor model (default serving_default).",
        DefaultValueFactory = _ => "",
    };

    private readonly Option<int> _repeat = new("--repeat")
    {
        Description = "Of a tensor model: so many calls, their latency percentiles instead of values.",
    };

    private readonly Option<bool> _json = SharedOptions.Json();

    private ModelScoreCommand(CommandConsole console)
    {
        _console = console;
        _format = new Option<string>("--format")
        {
            Description = "The model's: " + TensorSource.FormatNames(console.Runtimes(null)),
            DefaultValueFactory = _ => "auto",
        };
    }

    public static Command Create(CommandConsole console)
    {
        var options = new ModelScoreCommand(console);
        var command = new Command(
            "score",
            "Score rows with a model file.\n\n"
                + "Example: serving model score --model model.txt --in rows.csv --output raw,prediction "
                + "--out scores.csv")
        {
            options._model, options._format, options._input, options._columns, options._engine, options._output,
            options._signature, options._tensors.Tags, options._tensors.Timeout, options._tensors.Memory,
            options._tensors.Library, options._repeat, options._json,
        };
        command.SetAction((parsed, cancellation) => Task.Run(
            () => options.RunAsync(parsed, cancellation), CancellationToken.None));
        return command;
    }

    private async Task<int> RunAsync(ParseResult parsed, CancellationToken cancellation)
    {
        string model = parsed.GetValue(_model)!;
        string format = parsed.GetValue(_format)!;
        IReadOnlyList<IScorerFactory> runtimes = _console.Runtimes(parsed.GetValue(_tensors.Library));
        if (TensorSource.Find(model, format, runtimes) is { } source)
        {
            await RunTensorsAsync(source, parsed, cancellation);
            return ExitCode.Done;
        }

        ScoreColumns wanted = ScoreColumns.Parse(parsed.GetValue(_columns)!);
        string target = OutputPath.Writable(
            parsed.GetValue(_output) ?? throw new UsageException("--out is required: the file of the scores, or -"));
        ScoringModel loaded = ModelSource.Load(model, format);
        ScorerEngine chosen = EngineOf(loaded, parsed.GetValue(_engine)!);
        wanted.CheckAgainst(loaded);
        Run(loaded, chosen, wanted, InputPath.Rows(parsed.GetValue(_input)!), target, cancellation);
        return ExitCode.Done;
    }

    private async Task RunTensorsAsync(TensorSource source, ParseResult parsed, CancellationToken cancellation)
    {
        string target = OutputPath.Writable(parsed.GetValue(_output) ?? TableFormats.StandardStream);
        var scoring = Scoring(source, _tensors.Of(parsed));
        string signature = parsed.GetValue(_signature)!;
        string input = parsed.GetValue(_input)!;
        if (parsed.GetResult(_repeat) is null or { Implicit: true })
        {
            OutputText.Write(
                _console, target, (await scoring.RunAsync(signature, input, cancellation)).Written);
            return;
        }

        int count = parsed.GetValue(_repeat);
        if (count < 1)
        {
            throw new UsageException($"--repeat {count}: a number of calls from 1 is expected");
        }

        var measured = await scoring.MeasureAsync(signature, input, count, cancellation);
        string text = parsed.GetValue(_json) ? JsonOutput.Text(measured) + "\n" : TensorScoring.Lines(measured);
        OutputText.Write(_console, target, text);
    }

    private TensorScoring Scoring(TensorSource source, TensorModelOptions options) =>
        new(_console, source.Path, () => source.Open(options), options.CallTime);

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

    private void Run(
        ScoringModel model,
        ScorerEngine engine,
        ScoreColumns wanted,
        string input,
        string output,
        CancellationToken cancellation)
    {
        using ModelRows rows = ModelRows.Open(_console, model, input);
        var writing = new RowWriterOptions
        {
            Format = output == TableFormats.StandardStream ? TableFormat.Csv : null,
            StandardOutput = _console.Output,
        };
        using IRowSink sink = RowWriter.Create(output, wanted.SchemaFor(model), null, writing);
        var scoring = new ModelScorer(model, engine, wanted);
        using var progress = new ProgressLine(_console, "score", "rows", TimeProvider.System);
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
