using Serving.Cli.CommandLine;

return await CommandRunner.RunAsync(args, CommandConsole.OfProcess());
