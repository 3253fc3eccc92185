using Serving.Data.Durability;

namespace Serving.Engine.Predictions.Log;

/// <summary>
/// Room that is kept on the disk so that a log on a full one can still write what it holds and stop cleanly: a file
/// that is removed when the disk is full, and made again when there is room. Safe for use by several threads.
/// </summary>
internal sealed class LogReserve
{
    private const int NoSpace = 28;
    private const int Quota = 122;
    private const int WindowsDiskFull = unchecked((int)0x80070070);

    // A small file system is not filled by its own reserve.
    private const int ShareOfDisk = 8;

    private readonly string _path;
    private readonly string _folder;
    private readonly long _bytes;
    private readonly Lock _lock = new();
    private volatile bool _isFreed;

    /// <summary>Makes the reserve of a folder; nothing is on the disk before <see cref="Ensure"/>.</summary>
    public LogReserve(string folder, long bytes)
    {
        _folder = folder;
        _path = Path.Combine(folder, LogFiles.Reserve);
        _bytes = Math.Min(bytes, SizeOfDisk(folder) / ShareOfDisk);
        _isFreed = true;
    }

    /// <summary>Whether the disk had no room for it: the log takes no new records until it has.</summary>
    public bool IsFreed => _isFreed && _bytes > 0;

    /// <summary>Whether an error says that the disk is full.</summary>
    public static bool IsFull(Exception error) => error.HResult is NoSpace or Quota or WindowsDiskFull;

    /// <summary>Makes the reserve where it is not there. False where the disk has no room for it.</summary>
    public bool Ensure()
    {
        if (_bytes == 0)
        {
            return true;
        }

        lock (_lock)
        {
            if (!_isFreed)
            {
                return true;
            }

            try
            {
                // What was given back must not be taken again before the log has had its use of it.
                if (FreeOnDisk(_folder) < _bytes + (_bytes / 2))
                {
                    return false;
                }

                var options = new FileStreamOptions
                {
                    Mode = FileMode.Create, Access = FileAccess.Write, PreallocationSize = _bytes,
                };
                using (var file = new FileStream(_path, options))
                {
                    file.SetLength(_bytes);
                }

                DurableFolder.Sync(_folder);
                _isFreed = false;
                return true;
            }
            catch (Exception error) when (error is IOException or UnauthorizedAccessException)
            {
                Remove();
                return false;
            }
        }
    }

    /// <summary>Gives the room back.</summary>
    public void Free()
    {
        lock (_lock)
        {
            _isFreed = true;
            Remove();
        }
    }

    private void Remove()
    {
        try
        {
            File.Delete(_path);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            // It is tried again with the next failure.
        }
    }

    private static long FreeOnDisk(string folder) => new DriveInfo(Path.GetFullPath(folder)).AvailableFreeSpace;

    private static long SizeOfDisk(string folder)
    {
        try
        {
            return new DriveInfo(Path.GetFullPath(folder)).TotalSize;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or ArgumentException)
        {
            return long.MaxValue;
        }
    }
}
