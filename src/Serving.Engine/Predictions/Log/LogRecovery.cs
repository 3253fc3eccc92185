using Microsoft.Win32.SafeHandles;
using Serving.Data.Durability;

namespace Serving.Engine.Predictions.Log;

/// <summary>
/// Makes a folder ready to be appended to: what was not whole yet goes, the torn end of the last segment is cut off.
/// REQUIRES: the folder is held.
/// </summary>
internal static class LogRecovery
{
    private const string CutEnding = ".cut";

    /// <summary>Recovers a folder. Returns the sequence of its last record, 0 where there is none.</summary>
    /// <exception cref="IOException">The folder cannot be read or written.</exception>
    public static ulong Run(string folder)
    {
        foreach (string path in Directory.EnumerateFiles(folder, "*" + LogFiles.Temporary))
        {
            File.Delete(path);
        }

        DropDoubles(folder);
        ulong last = LogFloor.Read(folder) - 1;
        List<LogFile> files = LogFiles.List(folder);
        for (int index = files.Count - 1; index >= 0; index--)
        {
            if (CutEnd(files[index]) is { } found)
            {
                last = found;
                break;
            }
        }

        DurableFolder.Sync(folder);
        return last;
    }

    // Where compression ended and the plain form could not be removed any more, the compressed one is whole.
    private static void DropDoubles(string folder)
    {
        foreach (LogFile file in LogFiles.List(folder).Where(file => !file.IsPacked))
        {
            string packed = LogFiles.PathOf(folder, file.First, LogFiles.Packed);
            if (File.Exists(packed))
            {
                File.Delete(packed);
            }
        }
    }

    // Null where a segment holds nothing at all: its file goes.
    private static ulong? CutEnd(LogFile file)
    {
        long whole;
        bool hasHeader;
        ulong last;
        bool isDamaged;
        using (IFrameSource frames = file.IsPacked ? new PackedFrames(file) : new PlainFrames(file))
        {
            last = LastOf(frames, file.First - 1);
            whole = frames.WholeLength;
            hasHeader = frames.Header is not null;
            isDamaged = frames.Problems.Exists(problem => problem.Kind == LogProblemKind.Checksum
                && problem.Offset >= whole);
        }

        if (file.IsPacked)
        {
            return last;
        }

        if (!hasHeader && last == file.First - 1)
        {
            File.Move(file.Path, file.Path + CutEnding, overwrite: true);
            return null;
        }

        Cut(file.Path, whole, isDamaged);
        return last;
    }

    private static ulong LastOf(IFrameSource frames, ulong last)
    {
        while (frames.Next(out _) is { Length: > 0 } bytes)
        {
            if (LogFrame.TryRead(bytes, out LogFrame frame) && frame.IsRecord)
            {
                last = frame.Sequence;
            }
        }

        return last;
    }

    // Bytes that were changed, and not just not written, are kept beside: nothing that was acknowledged goes silently.
    private static void Cut(string path, long length, bool isDamaged)
    {
        using SafeFileHandle handle = File.OpenHandle(path, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite);
        long had = RandomAccess.GetLength(handle);
        if (had <= length)
        {
            return;
        }

        if (isDamaged)
        {
            byte[] tail = new byte[had - length];
            int read = RandomAccess.Read(handle, tail, length);
            File.WriteAllBytes(path + CutEnding, tail.AsSpan(0, read));
        }

        RandomAccess.SetLength(handle, length);
        DurableFile.Sync(handle);
    }
}
