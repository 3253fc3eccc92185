using Microsoft.ML.OnnxRuntime;
using Serving.Data;
using Serving.Models.Tensors;

namespace Serving.NativeModels.Onnx;

/// <summary>What the runtime's errors mean to a caller.</summary>
internal static class OnnxErrors
{
    private const int MessageCharsMax = 400;

    private static readonly string[] OfMemory =
        ["AllocateRawInternal", "Failed to allocate memory", "bad_alloc", "out of memory", "CUDNN_STATUS_ALLOC_FAILED"];

    /// <summary>The error of a run.</summary>
    public static TensorRunException OfRun(OnnxRuntimeException error) =>
        new(CodeOf(error.Message), MessageOf(error), error);

    /// <summary>The runtime's message in one line, without its own source files.</summary>
    public static string MessageOf(OnnxRuntimeException error)
    {
        string text = string.Join(
            ' ',
            error.Message.Split([' ', '\n', '\r'], StringSplitOptions.RemoveEmptyEntries)
                .Where(word => !word.StartsWith('/') && !word.StartsWith("[ErrorCode", StringComparison.Ordinal)));
        return text.Length > MessageCharsMax ? text[..MessageCharsMax] + "..." : text;
    }

    // A node that fails on values was given values that the model has no answer for.
    private static ErrorCode CodeOf(string message) =>
        OfMemory.Any(part => message.Contains(part, StringComparison.OrdinalIgnoreCase)) ? ErrorCode.ResourceExhausted
            : message.Contains("InvalidArgument", StringComparison.Ordinal)
                || message.Contains("status code returned while running", StringComparison.Ordinal)
                ? ErrorCode.InvalidArgument
                : ErrorCode.Internal;
}
