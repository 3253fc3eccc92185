using System.CommandLine;
using System.Text.Json.Nodes;
using Serving.Cli.CommandLine;
using Serving.Cli.TensorModels;
using Serving.Data;
using Serving.Data.Time;
using Serving.Engine.Bundles;
using Serving.Models.Tensors;
using Serving.Tables;

namespace Serving.Cli.Commands;

/// <summary><c>bundle pack</c>: makes a bundle of a model and, with one, its script and statistics.</summary>
internal static class BundlePackCommand
{
    private const string Description =
        "Make a bundle.\n\n"
        + "Example: serving bundle pack --name fraud --script card.feat --statistics statistics.json "
        + "--model model.txt --models models";

    public static Command Create(CommandConsole console)
    {
        var name = new Option<string>("--name")
        {
            Description = "Name of the model: ^[a-z0-9][a-z0-9_.-]{0,127}$.",
            Required = true,
        };
        var version = new Option<long?>("--version") { Description = "From 1; default: the next free, with --out 1." };
        var script = new Option<string?>("--script") { Description = "The feature script." };
        Option<string?> statistics = SharedOptions.Statistics();
        var model = new Option<string>("--model") { Description = "The model's file.", Required = true };
        Option<string?> mapping = Optional(
            "--mapping",
            "Which columns fill which input of a tensor model, and which output is the score; a JSON file.");
        Option<string?> samples = Optional("--samples", "Sample requests, at most 1,000; default: 32 made ones.");
        Option<string?> baseline = Optional(
            "--baseline", "Rows as features run --raw writes them, for drift; default: the first answers.");
        Option<string[]> rename = SharedOptions.Rename();
        var sum = new Option<string>("--sum") { Description = "exact or fast.", DefaultValueFactory = _ => "exact" };
        var mask = new Option<string?>("--mask") { Description = "FIELD,...: request fields that are logged masked." };
        Option<string?> decision = Optional(
            "--decision", "Decisions, a decision.json: rules, thresholds or costs, the fallback policy, texts.");
        Option<string?> fallback = Optional(
            "--fallback", "BUNDLE of a model without windows that answers where this one cannot.");
        var output = new Option<string?>("--out", "-o")
        {
            Description = "The bundle's own folder, or a name ending in .bundle.",
        };
        Option<string?> models = Optional("--models", "Models folder: the bundle goes to MODELS/NAME/VERSION.");
        Option<string?> budget = StateBudgetOption.Create();
        Option<bool> json = SharedOptions.Json();
        var tensors = new TensorOptions();
        var command = new Command("pack", Description)
        {
            name, version, script, statistics, model, mapping, samples, baseline, rename, sum, decision, fallback, mask,
            output, models, budget, json, tensors.Tags, tensors.Timeout, tensors.Memory, tensors.Library,
            tensors.AllowOperators,
        };
        // A pack is short and ends by itself: with a token Ctrl-C waits for it instead of leaving its temporary files.
        command.SetAction((parsed, _) => Task.Run(() =>
        {
            var request = new PackRequest
            {
                Name = parsed.GetValue(name)!,
                ModelPath = InputPath.Model(parsed.GetValue(model)!),
                Tensors = tensors.Of(parsed),
                ScriptPath = Existing(parsed.GetValue(script), "a feature script"),
                StatisticsPath = Existing(parsed.GetValue(statistics), "statistics, as features fit writes them"),
                MappingPath = Existing(parsed.GetValue(mapping), "a mapping, a JSON file"),
                DecisionPath = Existing(parsed.GetValue(decision), "decisions, a decision.json"),
                FallbackPath = parsed.GetValue(fallback) is { } bundle ? InputPath.Bundle(bundle) : null,
                Sum = parsed.GetValue(sum)!,
                Masked = TableInput.Names(parsed.GetValue(mask)),
            };
            BundleDraft draft = Draft(
                request,
                StateBudgetOption.Parse(parsed.GetValue(budget)),
                console.Runtimes(parsed.GetValue(tensors.Library)));
            TellLeftOut(console, draft);
            SampleSet? rows = Samples(console, draft, parsed.GetValue(samples), parsed.GetValue(rename));
            UseBaseline(console, draft, parsed.GetValue(baseline));
            (BundleManifest manifest, string path) = Write(
                draft, request.Name, parsed.GetValue(output), parsed.GetValue(models), parsed.GetValue(version), rows);
            Report(console, manifest, path, parsed.GetValue(json));
            return ExitCode.Done;
        }, CancellationToken.None));
        return command;
    }

    private static void TellLeftOut(CommandConsole console, BundleDraft draft)
    {
        foreach (string left in draft.NotCarriedOver)
        {
            console.Error.WriteLine("not carried over: " + left);
        }
    }

    private static Option<string?> Optional(string name, string description) => new(name) { Description = description };

    private static string? Existing(string? path, string expected) =>
        path is null ? null : InputPath.Existing(path, expected);

    private static BundleDraft Draft(
        PackRequest request, long? budgetBytes, IReadOnlyList<IScorerFactory> runtimes)
    {
        var draft = BundleDraft.Create(request, TimeProvider.System, runtimes);
        if (draft.Script is { } script)
        {
            StateBudgetOption.Check(script, request.ScriptPath!, budgetBytes);
        }

        return draft;
    }

    private static SampleSet? Samples(CommandConsole console, BundleDraft draft, string? file, string[]? renames)
    {
        if (file is null)
        {
            return null;
        }

        InputPath.Existing(file, "a file of sample requests");
        if (draft.IsRaw)
        {
            draft.UseTensorSamples(File.ReadAllBytes(file));
            return null;
        }

        ZoneTable zone = draft.Script?.Zone ?? ZoneTable.Utc;
        RowReaderOptions reading = TableInput.Options(console, file, zone, null, renames, null, draft.Rows.Name);
        return Placed.In(file, "stdin", () => SampleRows.Read(file, draft.Rows, draft.Script, reading));
    }

    private static void UseBaseline(CommandConsole console, BundleDraft draft, string? file)
    {
        if (file is null)
        {
            return;
        }

        InputPath.Existing(file, "a file of rows as features run --raw writes them");
        ZoneTable zone = draft.Script?.Zone ?? ZoneTable.Utc;
        RowReaderOptions reading =
            TableInput.Options(console, file, zone, null, null, null, draft.Rows.Name) with { Notice = null };
        using IRowSource source = RowReader.Open(file, draft.BaselineRows, reading);
        draft.UseBaseline(source);
    }

    private static (BundleManifest Manifest, string Path) Write(
        BundleDraft draft, string name, string? output, string? models, long? version, SampleSet? rows)
    {
        if (output is null == models is null)
        {
            throw new UsageException("one of --out DIR and --models MODELS is needed");
        }

        if (version is < 1)
        {
            throw new UsageException($"--version {version}: a whole number from 1 is expected");
        }

        if (output is not null)
        {
            return (BundleWriter.WriteTo(draft, output, version ?? 1, rows), output);
        }

        BundleManifest manifest = BundleWriter.WriteToModels(draft, name, models!, version, rows);
        return (manifest, Path.Combine(models!, name, $"{manifest.Version}"));
    }

    private static void Report(CommandConsole console, BundleManifest manifest, string path, bool json)
    {
        if (json)
        {
            JsonOutput.Write(console.Out, new JsonObject
            {
                ["bundle"] = path,
                ["name"] = manifest.Name,
                ["version"] = manifest.Version,
                ["samples"] = manifest.SampleCount,
            });
            return;
        }

        console.Out.WriteLine($"{path}: {manifest.Name} version {manifest.Version}, {manifest.SampleCount} samples");
    }
}
