namespace Serving.Cli.CommandLine;

/// <summary>The command line is wrong: says which option and shows the right form. Ends with 2.</summary>
internal sealed class UsageException(string message) : Exception(message);
