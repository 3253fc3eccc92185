using System.Diagnostics;
using Serving.Testing;

namespace Serving.EndToEnd.Tests.Fixtures;

/// <summary>Programs that the tests run: skipped with a reason where one is absent.</summary>
internal static class TestTools
{
    private static readonly Lazy<string?> s_folder = new(Unpack);

    public static string Find(string name)
    {
        string? path = s_folder.Value is { } folder ? Path.Combine(folder, name) : null;
        Assert.SkipWhen(path is null || !File.Exists(path), $"shared/bin does not hold {name}");
        return path!;
    }

    public static async Task<(int Code, string Output)> RunAsync(
        string program, IEnumerable<string> arguments, TimeSpan? longest = null, string? folder = null)
    {
        using var process = new Process
        {
            StartInfo = new ProcessStartInfo(program, arguments)
            {
                UseShellExecute = false,
                RedirectStandardOutput = true,
                RedirectStandardError = true,
                WorkingDirectory = folder ?? "",
            },
        };
        process.Start();
        Task<string> output = process.StandardOutput.ReadToEndAsync();
        Task<string> error = process.StandardError.ReadToEndAsync();
        using var timeout = new CancellationTokenSource(longest ?? Patience.Longest);
        try
        {
            await process.WaitForExitAsync(timeout.Token);
        }
        catch (OperationCanceledException exception)
        {
            process.Kill(entireProcessTree: true);
            throw new TimeoutException($"{program} did not end: {await output}{await error}", exception);
        }

        return (process.ExitCode, await output + await error);
    }

    private static string? Unpack()
    {
        string? script = SharedFiles.Find("bin/unpack.sh");
        if (script is null)
        {
            return null;
        }

        string folder = Path.Combine(Path.GetTempPath(), "serving-test-tools");
        using Process process = Process.Start(
            new ProcessStartInfo("bash", [script, folder, "rpc", "prom"])
            {
                RedirectStandardOutput = true,
                UseShellExecute = false,
            })!;
        process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode == 0 ? Path.Combine(folder, "bin") : null;
    }
}
