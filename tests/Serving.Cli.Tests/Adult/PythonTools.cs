using System.Diagnostics;

namespace Serving.Cli.Tests.Adult;

/// <summary>The system's Python with numpy and XGBoost's C library, which train the model of a test.</summary>
internal static class PythonTools
{
    private const string Python = "/usr/bin/python3";

    /// <summary>Skips the test where the tools are absent.</summary>
    public static async Task RequireAsync()
    {
        Assert.SkipWhen(!File.Exists(Python), $"{Python} is absent");
        (int exitCode, string output) = await RunAsync("-c", "import numpy, ctypes; ctypes.CDLL('libxgboost.so.0')");
        Assert.SkipWhen(exitCode != 0, $"{Python} has no numpy, or libxgboost0 is absent: {output}");
    }

    public static async Task<(int ExitCode, string Output)> RunAsync(params string[] arguments)
    {
        var start = new ProcessStartInfo(Python, arguments)
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            Environment = { ["PYTHONDONTWRITEBYTECODE"] = "1" },
        };
        using Process process = Process.Start(start)!;
        Task<string> error = process.StandardError.ReadToEndAsync();
        string output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        return (process.ExitCode, output + await error);
    }
}
