using Microsoft.ML.OnnxRuntime;

namespace Serving.NativeModels.Onnx;

/// <summary>
/// The runtime's one environment in this process: its log comes to us in place of stderr, and each session takes an
/// arena of its own from it. Safe for use by several threads.
/// </summary>
internal static class OnnxEnvironment
{
    private const int SameAsRequested = 1;
    private const int FirstBytes = 1 << 20;

    private static readonly Lock Gate = new();

    // The runtime keeps the function for as long as the process lives.
    private static DOrtLoggingFunction? _logging;

    private static Action<string>? _log;

    private static OrtEnv? _environment;

    /// <summary>Version of the runtime, e.g. <c>1.31.1</c>.</summary>
    public static string Version => OrtEnv.Instance().GetVersionString();

    /// <summary>Sets where warnings and errors of the runtime go from now on; null: nowhere.</summary>
    public static void LogTo(Action<string>? log)
    {
        lock (Gate)
        {
            Volatile.Write(ref _log, log);
            if (_environment is not null || OrtEnv.IsCreated)
            {
                return;
            }

            _logging = (_, _, category, _, _, message) => Volatile.Read(ref _log)?.Invoke($"{category}: {message}");
            var options = new EnvironmentCreationOptions
            {
                logId = "serving",
                logLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_WARNING,
                loggingFunction = _logging,
            };
            _environment = OrtEnv.CreateInstanceWithOptions(ref options);
        }
    }

    /// <summary>Opens a session whose work memory is bounded.</summary>
    /// <param name="arenaBytes">Bytes that all calls of the session may take at once.</param>
    /// <param name="open">Opens it.</param>
    /// <remarks>
    /// The environment has one arena for the processor at a time, and a session keeps the one that it was opened with
    /// (tried: two sessions of the same bomb end at 64 MiB and at 512 MiB). So a new one is registered for each, one
    /// after another.
    /// </remarks>
    public static InferenceSession Open(long arenaBytes, Func<InferenceSession> open)
    {
        lock (Gate)
        {
            using var memory = new OrtMemoryInfo(
                OrtMemoryInfo.allocatorCPU, OrtAllocatorType.ArenaAllocator, 0, OrtMemType.Default);
            using var arena = new OrtArenaCfg(
                (uint)Math.Clamp(arenaBytes, FirstBytes, uint.MaxValue), SameAsRequested, FirstBytes, -1);
            OrtEnv environment = OrtEnv.Instance();
            environment.CreateAndRegisterAllocator(memory, arena);
            try
            {
                return open();
            }
            finally
            {
                environment.UnregisterAllocator(memory);
            }
        }
    }
}
