using Serving.Features;

namespace Serving.Engine.Ingest;

/// <summary>
/// Scripts beside the state that they made, in <c>scripts/SHA256.feat</c> of a state folder: what a record holds is
/// said by its script alone.
/// </summary>
public static class NotedScripts
{
    private const string Folder = "scripts";

    /// <summary>Files of the scripts of a state folder.</summary>
    public static IEnumerable<string> In(string stateFolder)
    {
        string folder = Path.Combine(stateFolder, Folder);
        return Directory.Exists(folder)
            ? Directory.EnumerateFiles(folder, "*.feat").Order(StringComparer.Ordinal)
            : [];
    }

    /// <summary>Notes the scripts of an engine's Ready versions.</summary>
    /// <exception cref="IOException">The folder cannot be written.</exception>
    public static void NoteAll(string stateFolder, InferenceEngine engine)
    {
        foreach (FeatureScript script in engine.ReadyScripts)
        {
            Note(stateFolder, script);
        }
    }

    /// <summary>Notes a script that has windows; once is enough.</summary>
    /// <exception cref="IOException">The folder cannot be written.</exception>
    public static void Note(string stateFolder, FeatureScript script)
    {
        if (script.Windows.IsEmpty)
        {
            return;
        }

        string folder = Directory.CreateDirectory(Path.Combine(stateFolder, Folder)).FullName;
        string file = Path.Combine(folder, script.Sha256 + ".feat");
        if (!File.Exists(file))
        {
            string unfinished = file + ".new";
            File.WriteAllBytes(unfinished, script.Utf8.ToArray());
            File.Move(unfinished, file, overwrite: true);
        }
    }
}
