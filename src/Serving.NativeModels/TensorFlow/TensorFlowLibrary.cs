using System.Reflection;
using System.Runtime.InteropServices;
using Serving.Models.Tensors;

namespace Serving.NativeModels.TensorFlow;

/// <summary>
/// Loads TensorFlow's C library, once in a process: it cannot be unloaded, so the first path that loads it stays. Safe
/// for use by several threads.
/// </summary>
internal static partial class TensorFlowLibrary
{
    private const string MainName = "libtensorflow_cc.so.2";
    private const string LogLevelName = "TF_CPP_MIN_LOG_LEVEL";
    private const string LogLevelSilent = "3";

    // Names of the whole C API, in the order in which they are tried: the wheel's library, then the C distribution's.
    private static readonly string[] Names =
        [MainName, "libtensorflow.so.2", "libtensorflow.so", "libtensorflow_cc.so"];

    private static readonly Lock Loading = new();
    private static nint s_library;

    /// <summary>Loads the library where it is not loaded yet.</summary>
    /// <param name="path">File or folder; null or empty: where the loader looks by itself.</param>
    /// <exception cref="RuntimeMissingException">It is not there or cannot be loaded.</exception>
    public static void Load(string? path)
    {
        lock (Loading)
        {
            if (s_library != 0)
            {
                return;
            }

            // The library reads it once, from the process's own environment, which .NET's is a copy of.
            _ = SetEnvironment(LogLevelName, LogLevelSilent, 0);
            nint library = Open(path);
            NativeLibrary.SetDllImportResolver(typeof(TensorFlowLibrary).Assembly, Resolve);
            s_library = library;
        }
    }

    private static nint Resolve(string name, Assembly assembly, DllImportSearchPath? search) =>
        name == TensorFlowNative.LibraryName ? s_library : 0;

    /// <summary>Opens the library; each call is a reference more.</summary>
    /// <exception cref="RuntimeMissingException">It is not there or cannot be loaded.</exception>
    public static nint Open(string? path)
    {
        string failure = "";
        foreach (string candidate in Candidates(path))
        {
            try
            {
                return NativeLibrary.Load(candidate);
            }
            catch (Exception missing) when (missing is DllNotFoundException or BadImageFormatException)
            {
                // Behind its first sentence the message explains how to look for the reason.
                failure = missing.Message.Split(". ", 2)[0];
            }
        }

        throw new RuntimeMissingException(
            $"TensorFlow's C library is not there ({(string.IsNullOrEmpty(path) ? "the loader finds none" : path)}"
            + $"{(failure.Length == 0 ? "" : ": " + failure)}). It is {MainName} with libtensorflow_framework.so.2 "
            + "beside it, from the tensorflow-cpu 2.15 wheel, or libtensorflow.so.2 of a libtensorflow release; name "
            + "the file or its folder by --tensorflow-library or SERVING_TENSORFLOW_LIBRARY.");
    }

    private static IEnumerable<string> Candidates(string? path)
    {
        if (string.IsNullOrEmpty(path))
        {
            return Names;
        }

        string full = Path.GetFullPath(path);
        return Directory.Exists(full)
            ? Names.Select(name => Path.Combine(full, name)).Where(File.Exists)
            : [full];
    }

    [LibraryImport("libc", EntryPoint = "setenv", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int SetEnvironment(string name, string value, int isOverwriting);
}
