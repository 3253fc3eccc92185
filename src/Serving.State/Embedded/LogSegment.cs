using System.Diagnostics.CodeAnalysis;
using Serving.Data.Durability;

namespace Serving.State.Embedded;

/// <summary>The segment of the log that is being written. As safe as its file.</summary>
/// <param name="First">Sequence of the first entry.</param>
/// <param name="File">Its file.</param>
internal sealed record LogSegment(ulong First, AppendedFile File)
{
    /// <summary>Makes a segment whose name and header are on the disk.</summary>
    /// <exception cref="IOException">The folder takes no file now.</exception>
    [SuppressMessage("Reliability", "CA2000", Justification = "Whoever ends the segment ends its file.")]
    public static LogSegment Create(string folder, ulong first, DateTimeOffset now)
    {
        Span<byte> header = stackalloc byte[FileHeader.Size];
        FileHeader.Write(header, FileHeader.Log, first, now);
        return new LogSegment(first, AppendedFile.Create(FolderFiles.LogPath(folder, first), header));
    }
}
