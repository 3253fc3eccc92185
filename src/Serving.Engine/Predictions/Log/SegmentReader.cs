namespace Serving.Engine.Predictions.Log;

/// <summary>Opens segments of either form.</summary>
internal static class SegmentReader
{
    /// <summary>Opens a segment; null where it is gone, as retention and compression leave it.</summary>
    /// <exception cref="IOException">It cannot be read.</exception>
    public static IFrameSource? TryOpen(string folder, LogFile file)
    {
        try
        {
            return Open(file);
        }
        catch (FileNotFoundException)
        {
            // A plain segment goes when its compressed form is whole.
            var packed = new LogFile(
                LogFiles.PathOf(folder, file.First, LogFiles.Packed), file.First, IsPacked: true);
            return !file.IsPacked && File.Exists(packed.Path) ? Open(packed) : null;
        }
    }

    private static IFrameSource Open(LogFile file) => file.IsPacked ? new PackedFrames(file) : new PlainFrames(file);
}
