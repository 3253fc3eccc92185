using System.CommandLine;
using Serving.Cli.CommandLine;
using Serving.Data;
using Serving.Engine.Bundles;

namespace Serving.Cli.Commands;

/// <summary><c>bundle show DIR</c>: prints what a bundle is.</summary>
internal static class BundleShowCommand
{
    public static Command Create(CommandConsole console)
    {
        var bundle = new Argument<string>("DIR") { Description = "Folder or .bundle file." };
        Option<bool> json = SharedOptions.Json();
        var command = new Command(
            "show",
            "Print what a bundle is.\n\n"
                + "Example: serving bundle show models-sample/card-fraud/1")
        {
            bundle, json,
        };
        command.SetAction(parsed => Run(console, parsed.GetValue(bundle)!, parsed.GetValue(json)));
        return command;
    }

    private static int Run(CommandConsole console, string path, bool json)
    {
        BundleVerification found = BundleVerifier.Verify(path, console.Runtimes(null));
        if (found.Description is not { } description)
        {
            foreach (InputProblem problem in found.Problems)
            {
                console.Error.WriteLine(problem);
            }

            return ExitCode.CheckFailed;
        }

        if (json)
        {
            JsonOutput.Write(console.Out, description.ToJson());
            return found.IsOk ? ExitCode.Done : ExitCode.CheckFailed;
        }

        BundleManifest manifest = description.Manifest;
        console.Out.WriteLine(
            $"{manifest.Name} version {manifest.Version}, created {manifest.Created:yyyy-MM-dd'T'HH:mm:ss'Z'}");
        console.Out.WriteLine(
            $"model   {manifest.Model} ({manifest.ModelFormat}), {description.Outputs} output(s), "
                + $"link {description.Link}, sums {manifest.Sum}");
        console.Out.WriteLine($"script  {manifest.Script ?? "none"}");
        if (description.Decides.Length > 0)
        {
            console.Out.WriteLine($"decides {description.Decides}");
            console.Out.WriteLine("steps   " + string.Join(", ", description.Steps));
        }

        console.Out.WriteLine($"memory  {manifest.MemoryBytes} bytes");
        string compared = manifest.Tensors is { } tensors ? $", {tensors.Compare}" : "";
        console.Out.WriteLine($"samples {manifest.SampleCount}{compared}");
        console.Out.WriteLine(
            "fields  " + string.Join(", ", description.Fields.Select(field => $"{field.Name}: {field.Type}")));
        console.Out.WriteLine("inputs  " + string.Join(", ", description.Inputs));
        foreach ((string file, BundleFile entry) in manifest.Files)
        {
            console.Out.WriteLine($"file    {file}  {entry.Size} bytes  sha256 {entry.Sha256}");
        }

        return found.IsOk ? ExitCode.Done : ExitCode.CheckFailed;
    }
}
