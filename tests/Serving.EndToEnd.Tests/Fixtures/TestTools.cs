using System.Collections.Concurrent;
using System.Diagnostics;
using Serving.Testing;

namespace Serving.EndToEnd.Tests.Fixtures;

/// <summary>Programs that the tests run: skipped with a reason where one is absent.</summary>
internal static class TestTools
{
    private static readonly ConcurrentDictionary<string, Lazy<string?>> s_folders = new(StringComparer.Ordinal);

    public static string Find(string name, string group = "rpc")
    {
        string? unpacked = s_folders.GetOrAdd(group, key => new Lazy<string?>(() => Unpack(key))).Value;
        string? path = unpacked is { } folder ? Path.Combine(folder, name) : null;
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

    private static string? Unpack(string group)
    {
        string? script = SharedFiles.Find("bin/unpack.sh");
        if (script is null)
        {
            return null;
        }

        string folder = Path.Combine(Path.GetTempPath(), "serving-test-tools");
        using Process process = Process.Start(
            new ProcessStartInfo("bash", [script, folder, group])
            {
                RedirectStandardOutput = true,
                UseShellExecute = false,
            })!;
        process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode == 0 ? Path.Combine(folder, "bin") : null;
    }
}
