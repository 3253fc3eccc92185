using System.Diagnostics.CodeAnalysis;
using Serving.Data.Durability;

namespace Serving.Engine.Predictions.Log;

/// <summary>The segment that is being written, behind a header that stands there twice. As safe as its file.</summary>
/// <param name="Header">Its header.</param>
/// <param name="File">Its file.</param>
internal sealed record ActiveSegment(SegmentHeader Header, AppendedFile File)
{
    private const int FrontSize = SegmentHeader.Size + LogFrame.HeaderSize + SegmentHeader.Size;

    /// <summary>Whether it holds a record.</summary>
    public bool HasRecords => File.Length > FrontSize;

    /// <summary>Makes a segment whose name and header are on the disk.</summary>
    /// <exception cref="IOException">The folder takes no file now.</exception>
    [SuppressMessage("Reliability", "CA2000", Justification = "Whoever ends the segment ends its file.")]
    public static ActiveSegment Create(string folder, SegmentHeader header)
    {
        Span<byte> front = stackalloc byte[FrontSize];
        header.Write(front, isPacked: false);
        Span<byte> again = front[SegmentHeader.Size..];
        LogFrame.Begin(again, LogFrameKind.Head, header.Made);
        header.Write(again[LogFrame.HeaderSize..], isPacked: false);
        LogFrame.Seal(again, header.First, 0);
        return new ActiveSegment(
            header, AppendedFile.Create(LogFiles.PathOf(folder, header.First, LogFiles.Plain), front));
    }
}
