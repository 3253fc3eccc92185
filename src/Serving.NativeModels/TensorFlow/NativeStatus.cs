using System.Runtime.InteropServices;
using Serving.Data;

namespace Serving.NativeModels.TensorFlow;

/// <summary>What TensorFlow's codes mean on our wires.</summary>
internal static class NativeStatus
{
    private const int TextLengthMax = 500;
    private const int InvalidArgument = 3;
    private const int DeadlineExceeded = 4;
    private const int ResourceExhausted = 8;
    private const int OutOfRange = 11;

    /// <summary>The message of a status in one line, shortened.</summary>
    public static unsafe string TextOf(nint status)
    {
        string text = Marshal.PtrToStringUTF8((nint)TensorFlowNative.TF_Message(status)) ?? "";
        string line = text.Split('\n', 2)[0].Trim();
        return line.Length > TextLengthMax ? line[..TextLengthMax] + "..." : line;
    }

    /// <summary>Our code of a run's: what the model refuses is the caller's fault, all else is not.</summary>
    public static ErrorCode CodeOf(int code) => code switch
    {
        InvalidArgument or OutOfRange => ErrorCode.InvalidArgument,
        DeadlineExceeded => ErrorCode.DeadlineExceeded,
        ResourceExhausted => ErrorCode.ResourceExhausted,
        _ => ErrorCode.Internal,
    };
}
