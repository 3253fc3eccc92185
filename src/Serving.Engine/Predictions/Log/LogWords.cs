using Serving.Data;

namespace Serving.Engine.Predictions.Log;

/// <summary>What became of an answer's record, as answers spell it.</summary>
public static class LogWords
{
    /// <summary>The word as UTF-8; empty where there is no log.</summary>
    [HotPath]
    public static ReadOnlySpan<byte> Utf8Of(LogOutcome outcome) => outcome switch
    {
        LogOutcome.Durable => "durable"u8,
        LogOutcome.Relaxed => "relaxed"u8,
        LogOutcome.Lost => "lost"u8,
        _ => [],
    };
}
