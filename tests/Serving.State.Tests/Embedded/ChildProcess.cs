using System.Diagnostics;

namespace Serving.State.Tests.Embedded;

/// <summary>
/// This test program again, as a child that runs one method of <see cref="ChildWork"/> over a folder.
/// </summary>
internal sealed class ChildProcess : IDisposable
{
    /// <summary>Names the folder to the child; a test of <see cref="ChildWork"/> skips without it.</summary>
    public const string FolderVariable = "SERVING_STATE_CHILD_FOLDER";

    private readonly Process _process;

    private ChildProcess(Process process) => _process = process;

    /// <summary>Starts a method, under another program (strace) where one is given.</summary>
    public static ChildProcess Start(string method, string folder, params string[] under)
    {
        string[] command =
        [
            .. under, Environment.ProcessPath!, "-noLogo", "-method", $"{typeof(ChildWork).FullName}.{method}",
        ];
        ProcessStartInfo start = new(command[0], command[1..])
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment[FolderVariable] = folder;
        Process process = Process.Start(start)!;
        process.ErrorDataReceived += static (_, _) => { };
        process.BeginErrorReadLine();
        return new ChildProcess(process);
    }

    /// <summary>
    /// The next line that the child wrote by <see cref="ChildWork"/>, without its mark; null at the end.
    /// </summary>
    public string? NextLine()
    {
        while (_process.StandardOutput.ReadLine() is { } line)
        {
            int mark = line.IndexOf(ChildWork.Mark, StringComparison.Ordinal);
            if (mark >= 0)
            {
                return line[(mark + ChildWork.Mark.Length)..];
            }
        }

        return null;
    }

    /// <summary>Ends the child as kill -9 does.</summary>
    public void Kill()
    {
        _process.Kill(entireProcessTree: true);
        _process.WaitForExit();
    }

    public void Dispose()
    {
        if (!_process.HasExited)
        {
            Kill();
        }

        _process.Dispose();
    }
}
