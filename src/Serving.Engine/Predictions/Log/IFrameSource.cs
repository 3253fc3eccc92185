namespace Serving.Engine.Predictions.Log;

/// <summary>The frames of one segment, in order; what is damaged is noted and passed over.</summary>
internal interface IFrameSource : IDisposable
{
    /// <summary>The segment's header; null where it is damaged and nothing stands in for it.</summary>
    SegmentHeader? Header { get; }

    /// <summary>What is wrong so far.</summary>
    List<(long Offset, LogProblemKind Kind)> Problems { get; }

    /// <summary>
    /// Place behind the last whole frame; what lies behind it up to the file's end holds none that could be found.
    /// </summary>
    long WholeLength { get; }

    /// <summary>The next whole frame; empty at the end.</summary>
    /// <param name="offset">Its place, or its block's.</param>
    ReadOnlySpan<byte> Next(out long offset);
}
