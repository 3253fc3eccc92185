using System.Text;

namespace Serving.Cli.CommandLine;

/// <summary>Writes small results to a file under a temporary name first, or to stdout for <c>-</c>.</summary>
internal static class OutputText
{
    public static void Write(CommandConsole console, string path, ReadOnlySpan<byte> bytes)
    {
        if (path == "-")
        {
            console.Output.Write(bytes);
            console.Output.Flush();
            return;
        }

        string target = OutputPath.Writable(path);
        if (target.StartsWith("/dev/", StringComparison.Ordinal) && File.Exists(target))
        {
            using FileStream device = new(target, FileMode.Open, FileAccess.Write);
            device.Write(bytes);
            return;
        }

        string temporary = $"{target}.{Path.GetRandomFileName()}.tmp";
        try
        {
            File.WriteAllBytes(temporary, bytes);
            File.Move(temporary, target, overwrite: true);
        }
        catch
        {
            File.Delete(temporary);
            throw;
        }
    }

    public static void Write(CommandConsole console, string path, string text) =>
        Write(console, path, Encoding.UTF8.GetBytes(text));
}
