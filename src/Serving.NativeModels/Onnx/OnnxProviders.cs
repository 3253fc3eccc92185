using System.Globalization;
using Microsoft.ML.OnnxRuntime;
using Serving.Models.Tensors;

namespace Serving.NativeModels.Onnx;

/// <summary>Execution providers by the names that options use.</summary>
internal static class OnnxProviders
{
    /// <summary>The processor, which is always there.</summary>
    public const string Cpu = "cpu";

    /// <summary>A CUDA device.</summary>
    public const string Cuda = "cuda";

    /// <summary>TensorRT on a CUDA device.</summary>
    public const string TensorRt = "tensorrt";

    /// <summary>All names.</summary>
    public const string Names = "cpu, cuda, tensorrt";

    /// <summary>How a provider is shown.</summary>
    public static string TitleOf(string provider) => provider switch
    {
        Cuda => "CUDA",
        TensorRt => "TensorRT",
        _ => "CPU",
    };

    /// <summary>
    /// Whether a provider is one that there is; names are compared as they are written in options, in lower case.
    /// </summary>
    public static bool IsKnown(string provider) => provider is Cpu or Cuda or TensorRt;

    /// <summary>Adds a provider to a session's options.</summary>
    /// <exception cref="OnnxRuntimeException">The library of the provider is not there, or it finds no
    /// device.</exception>
    public static void Append(SessionOptions session, string provider, TensorModelOptions options)
    {
        switch (provider)
        {
            case Cuda:
                AppendCuda(session, options);
                break;
            case TensorRt:
                using (var tensorRt = new OrtTensorRTProviderOptions())
                {
                    tensorRt.UpdateOptions(
                        new Dictionary<string, string>(StringComparer.Ordinal) { ["device_id"] = "0" });
                    session.AppendExecutionProvider_Tensorrt(tensorRt);
                }

                // What TensorRT does not take, CUDA does.
                AppendCuda(session, options);
                break;
        }
    }

    // By the options object: the other overload throws EntryPointNotFoundException without the GPU's library.
    private static void AppendCuda(SessionOptions session, TensorModelOptions options)
    {
        using var cuda = new OrtCUDAProviderOptions();
        var settings = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["device_id"] = "0",
            ["arena_extend_strategy"] = "kSameAsRequested",
        };
        if (options.DeviceMemoryBytes > 0)
        {
            settings["gpu_mem_limit"] = options.DeviceMemoryBytes.ToString(CultureInfo.InvariantCulture);
        }

        cuda.UpdateOptions(settings);
        session.AppendExecutionProvider_CUDA(cuda);
    }
}
