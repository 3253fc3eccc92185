using System.CommandLine;
using Serving.Cli.CommandLine;
using Serving.Engine.Predictions.Log;

namespace Serving.Cli.LogTools;

/// <summary><c>--key-file F</c>, or <c>SERVING_LOG_KEY</c>: keys of what a log holds encrypted or masked.</summary>
internal static class LogKeyOption
{
    private const string Variable = "SERVING_LOG_KEY";

    public static Option<string?> Create() => new("--key-file")
    {
        Description = $"File of lines 'ID BASE64' that open what the log holds encrypted; also {Variable}.",
    };

    /// <summary>The keys; null without any.</summary>
    public static LogKeys? Read(string? file)
    {
        string? variable = Environment.GetEnvironmentVariable(Variable);
        if (file is null && variable is null)
        {
            return null;
        }

        string text = file is null ? "" : File.ReadAllText(InputPath.Existing(file, "a file of keys"));
        return LogKeys.Parse($"{text}\n{variable}", file ?? Variable);
    }
}
