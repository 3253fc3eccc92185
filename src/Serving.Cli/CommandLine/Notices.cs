namespace Serving.Cli.CommandLine;

/// <summary>
/// Notices about one file, each said once however often the file is opened: a run over windows that sorts or counts
/// first opens it again. Safe for use by several threads.
/// </summary>
internal sealed class Notices(TextWriter error)
{
    private readonly HashSet<string> _said = [];

    /// <summary>Says a notice unless it was said.</summary>
    public void Say(string notice)
    {
        lock (_said)
        {
            if (_said.Add(notice))
            {
                error.WriteLine("note: " + notice);
            }
        }
    }
}
