namespace Serving.Cli.CommandLine;

/// <summary>A script does not compile; the message holds its diagnostics. Ends with 3.</summary>
internal sealed class ScriptException(string diagnostics) : Exception(diagnostics);
