namespace Serving.Features;

/// <summary>One finding about a script, placed in its text.</summary>
/// <param name="Code">Stable code: E... refuses the script, W... does not.</param>
/// <param name="Path">Name of the script.</param>
/// <param name="Line">Line from 1.</param>
/// <param name="Column">Column from 1, in Unicode code points (R100).</param>
/// <param name="Length">Length of the place in code points.</param>
/// <param name="Message">What is wrong and why.</param>
/// <param name="Help">What to write instead; may be empty.</param>
public sealed record Diagnostic(
    string Code, string Path, int Line, int Column, int Length, string Message, string Help)
{
    /// <summary>Whether the script is refused.</summary>
    public bool IsError => Code.StartsWith('E');

    /// <summary>The finding in one line: <c>PATH:LINE:COLUMN CODE message; help</c>.</summary>
    public override string ToString() =>
        $"{Path}:{Line}:{Column} {Code} {Message}{(Help.Length == 0 ? "" : "; " + Help)}";
}
