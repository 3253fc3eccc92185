using System.Collections.Immutable;
using System.Text;
using System.Text.Json.Nodes;
using Serving.Data;
using Serving.Features;

namespace Serving.Cli.CommandLine;

/// <summary>Reads and compiles script files and shows what is found about them.</summary>
internal static class ScriptFile
{
    /// <summary>The bytes of a script.</summary>
    /// <exception cref="InputException">There is no such file.</exception>
    public static byte[] ReadBytes(string path) =>
        File.ReadAllBytes(InputPath.Existing(path, "a feature script"));

    /// <summary>Compiles a script for a command that needs it whole.</summary>
    /// <exception cref="InputException">It does not compile; the message holds every diagnostic with its
    /// line.</exception>
    public static FeatureScript Compile(string path)
    {
        byte[] bytes = ReadBytes(path);
        FeatureScript? script = FeatureScript.Compile(bytes, path, out ImmutableArray<Diagnostic> diagnostics);
        if (script is null)
        {
            throw new ScriptException(Text(bytes, diagnostics));
        }

        return script;
    }

    /// <summary>Diagnostics as text: each with its source line and the place underlined.</summary>
    public static string Text(byte[] script, ImmutableArray<Diagnostic> diagnostics)
    {
        string[] lines = Encoding.UTF8.GetString(script).Split('\n');
        var text = new StringBuilder();
        foreach (Diagnostic diagnostic in diagnostics)
        {
            text.Append(diagnostic).Append('\n');
            if (diagnostic.Line <= lines.Length)
            {
                AppendPlace(text, lines[diagnostic.Line - 1].TrimEnd('\r'), diagnostic);
            }
        }

        return text.ToString().TrimEnd('\n');
    }

    /// <summary>Diagnostics as JSON.</summary>
    public static JsonObject Json(bool ok, ImmutableArray<Diagnostic> diagnostics) => new()
    {
        ["ok"] = ok,
        ["diagnostics"] = new JsonArray([.. diagnostics.Select(diagnostic => (JsonNode?)Json(diagnostic))]),
    };

    /// <summary>One diagnostic as JSON.</summary>
    public static JsonObject Json(Diagnostic diagnostic) => new()
    {
        ["code"] = diagnostic.Code,
        ["severity"] = diagnostic.IsError ? "error" : "warning",
        ["path"] = diagnostic.Path,
        ["line"] = diagnostic.Line,
        ["column"] = diagnostic.Column,
        ["length"] = diagnostic.Length,
        ["message"] = diagnostic.Message,
        ["help"] = diagnostic.Help,
    };

    private static void AppendPlace(StringBuilder text, string line, Diagnostic diagnostic)
    {
        // Columns count code points; a tab keeps its width so that the mark stands under its place.
        Rune[] before = [.. line.EnumerateRunes().Take(diagnostic.Column - 1)];
        int rest = line.EnumerateRunes().Count() - before.Length;
        text.Append("  ").Append(line).Append("\n  ");
        foreach (Rune rune in before)
        {
            text.Append(rune.Value == '\t' ? '\t' : ' ');
        }

        text.Append('^', Math.Max(1, Math.Min(diagnostic.Length, rest))).Append('\n');
    }
}
