using System.CommandLine;
using Serving.Cli.CommandLine;
using Serving.Cli.Demonstration;
using Serving.Cli.TensorModels;

namespace Serving.Cli.Commands;

/// <summary><c>demo</c>: a server, a sample model and real requests over the wire, to look at.</summary>
internal static class DemoCommand
{
    public static Command Create(CommandConsole console)
    {
        var requests = new Option<int>("--requests")
        {
            Description = "Requests to send.",
            DefaultValueFactory = _ => 2000,
        };
        var rate = new Option<double>("--rate") { Description = "Requests a second.", DefaultValueFactory = _ => 500 };
        var once = new Option<bool>("--once") { Description = "End after the requests instead of staying up." };
        var model = new Option<string>("--model")
        {
            Description = "A model of models-sample.",
            DefaultValueFactory = _ => "card-fraud",
        };
        Option<bool> json = SharedOptions.Json();
        var canary = new Option<bool>("--canary") { Description = "Publish a better and then a broken version." };
        Option<string?> library = TensorOptions.CreateLibrary();
        var command = new Command(
            "demo",
            "Start a server with a sample model and score its sample requests.\n\n"
                + "Example: serving demo --once")
        {
            requests, rate, once, model, json, canary, library,
        };
        command.SetAction(async (parsed, cancellation) =>
        {
            var options = new DemoOptions(
                parsed.GetValue(requests), parsed.GetValue(rate), parsed.GetValue(once), parsed.GetValue(model)!,
                parsed.GetValue(json), parsed.GetValue(canary), parsed.GetValue(library));
            return await new Demo(options, console).RunAsync(cancellation);
        });
        return command;
    }
}
