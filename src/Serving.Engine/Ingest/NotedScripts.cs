using System.Collections.Immutable;
using System.Security.Cryptography;
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

    /// <summary>What is wrong with them: the name of each says the hash of its bytes.</summary>
    public static ImmutableArray<string> ProblemsIn(string stateFolder) =>
    [
        .. In(stateFolder).Where(file => !IsWhole(file)).Select(
            file => $"{file}: found bytes of another hash than the name says, expected the script as it was noted"),
    ];

    /// <summary>Notes the scripts of an engine's loaded versions; returns files that were damaged.</summary>
    /// <exception cref="IOException">The folder cannot be written.</exception>
    public static ImmutableArray<string> NoteAll(string stateFolder, InferenceEngine engine) =>
        [.. engine.ReadyScripts.Select(script => Note(stateFolder, script)).OfType<string>()];

    /// <summary>
    /// Notes a script that has windows; once is enough. Returns the file where it stood there damaged, else null.
    /// </summary>
    /// <exception cref="IOException">The folder cannot be written.</exception>
    public static string? Note(string stateFolder, FeatureScript script)
    {
        if (script.Windows.IsEmpty)
        {
            return null;
        }

        string folder = Directory.CreateDirectory(Path.Combine(stateFolder, Folder)).FullName;
        string file = Path.Combine(folder, script.Sha256 + ".feat");
        bool isThere = File.Exists(file);
        if (isThere && IsWhole(file))
        {
            return null;
        }

        string unfinished = file + ".new";
        File.WriteAllBytes(unfinished, script.Utf8.ToArray());
        File.Move(unfinished, file, overwrite: true);
        return isThere ? file : null;
    }

    private static bool IsWhole(string file) => string.Equals(
        Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(file))), Path.GetFileNameWithoutExtension(file),
        StringComparison.Ordinal);
}
