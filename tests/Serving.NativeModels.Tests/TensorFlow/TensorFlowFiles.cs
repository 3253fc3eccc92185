using System.Diagnostics;
using Serving.Testing;

namespace Serving.NativeModels.Tests.TensorFlow;

/// <summary>
/// TensorFlow's library: SERVING_TENSORFLOW_LIBRARY, else unpacked from the shared files once in a test run.
/// </summary>
internal static class TensorFlowFiles
{
    private static readonly Lazy<string?> Found = new(Find);

    /// <summary>The library's path; skips the test where there is none.</summary>
    public static string Library
    {
        get
        {
            Assert.SkipWhen(Found.Value is null, "TensorFlow's library is absent (shared/tensorflow)");
            return Found.Value!;
        }
    }

    private static string? Find()
    {
        string? configured = Environment.GetEnvironmentVariable("SERVING_TENSORFLOW_LIBRARY");
        if (!string.IsNullOrEmpty(configured))
        {
            return configured;
        }

        if (SharedFiles.Find("tensorflow/unpack.sh") is not { } script)
        {
            return null;
        }

        // The folder stays: unpacking takes half a minute, and checking what is there two seconds.
        string target = Path.Combine(Path.GetTempPath(), "serving-tests-tensorflow");
        var start = new ProcessStartInfo("bash", [script, target])
        {
            RedirectStandardOutput = true, UseShellExecute = false,
        };
        using Process unpack = Process.Start(start)!;
        string path = unpack.StandardOutput.ReadToEnd().Trim();
        unpack.WaitForExit();
        return unpack.ExitCode == 0 && File.Exists(path) ? path : null;
    }
}
