using Serving.LoadTest;

if (args.Length == 0 || args.Contains("--help", StringComparer.Ordinal))
{
    Console.Out.WriteLine(LoadOptions.Usage);
    return args.Length == 0 ? 2 : 0;
}

try
{
    return await LoadRun.RunAsync(LoadOptions.Parse(args), Console.Out, Console.Error);
}
catch (FormatException error)
{
    await Console.Error.WriteLineAsync(error.Message);
    return 2;
}
