using System.Diagnostics;
using System.Globalization;
using Serving.EndToEnd.Tests.Fixtures;
using Serving.EndToEnd.Tests.Windows.Faults;

namespace Serving.EndToEnd.Tests.Logs;

/// <summary>strace that lets syncs of a running server fail or be slow.</summary>
internal static class Tracer
{
    private const string Strace = "/usr/bin/strace";

    /// <summary>Attaches to all threads; skips the test where no process may be traced.</summary>
    public static Process Attach(ServingProcess server, string injection)
    {
        Assert.SkipUnless(File.Exists(Strace), "strace is not installed");
        Process tracer = Process.Start(new ProcessStartInfo(
            Strace,
            ["-f", "-qq", "-o", "/dev/null", "-e", "trace=fdatasync", "-e", $"inject={injection}", "-p",
                server.Id.ToString(CultureInfo.InvariantCulture)])
        {
            UseShellExecute = false,
            RedirectStandardError = true,
        })!;
        if (tracer.WaitForExit(TimeSpan.FromMilliseconds(500)))
        {
            string why = tracer.StandardError.ReadToEnd();
            tracer.Dispose();
            Assert.Skip($"no process may be traced here: {why}");
        }

        return tracer;
    }

    /// <summary>Lets the server run on by itself.</summary>
    public static async Task DetachAsync(Process tracer)
    {
        using Process interrupt = Process.Start("kill", ["-INT", tracer.Id.ToString(CultureInfo.InvariantCulture)]);
        using CancellationTokenSource limit = new(Patience.Longest);
        await tracer.WaitForExitAsync(limit.Token);
    }
}
