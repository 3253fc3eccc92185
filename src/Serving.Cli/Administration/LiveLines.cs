using Serving.Cli.CommandLine;

namespace Serving.Cli.Administration;

/// <summary>Lines that are drawn again in their place on a terminal. Not safe for use by several threads.</summary>
internal sealed class LiveLines(CommandConsole console)
{
    private int _count;

    /// <summary>Draws lines over those that were drawn before.</summary>
    public void Draw(IEnumerable<string> lines)
    {
        if (!console.IsTerminal)
        {
            return;
        }

        string[] drawn = [.. lines];
        console.Error.Write(_count > 0 ? $"\u001b[{_count}A" : "");
        foreach (string line in drawn)
        {
            console.Error.Write($"\u001b[K{line}\n");
        }

        // Lines of an earlier, longer drawing.
        console.Error.Write("\u001b[J");
        _count = drawn.Length;
    }

    /// <summary>Takes the lines away.</summary>
    public void Clear()
    {
        if (_count > 0)
        {
            console.Error.Write($"\u001b[{_count}A\u001b[J");
            _count = 0;
        }
    }
}
