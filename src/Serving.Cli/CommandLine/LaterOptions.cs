using System.CommandLine;

namespace Serving.Cli.CommandLine;

/// <summary>
/// Options that are part of the contract and not built yet: they are known, so that they are refused by name and not as
/// a typing mistake.
/// </summary>
internal static class LaterOptions
{
    private const string Mark = "Not available in this version.";

    public static void AddTo(Command command, params ReadOnlySpan<string> names)
    {
        foreach (string name in names)
        {
            command.Add(new Option<string?>(name) { Description = Mark, Hidden = true });
        }
    }

    /// <summary>Refuses a command line that gives one of them.</summary>
    /// <exception cref="UsageException">One of them is given.</exception>
    public static void Refuse(ParseResult parsed)
    {
        foreach (Option option in parsed.CommandResult.Command.Options)
        {
            if (option.Description == Mark && parsed.GetResult(option) is { Implicit: false })
            {
                throw new UsageException($"{option.Name} is not available in this version of Serving");
            }
        }
    }
}
