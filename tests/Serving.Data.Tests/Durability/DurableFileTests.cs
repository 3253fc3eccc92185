using Microsoft.Win32.SafeHandles;
using Serving.Data.Durability;
using Xunit;

namespace Serving.Data.Tests.Durability;

/// <summary>
/// A disk that fails is tested with errors injected into the whole program: FailingDiskTests of Serving.Cli.Tests.
/// </summary>
public sealed class DurableFileTests : IDisposable
{
    private readonly string _path = Path.Combine(Path.GetTempPath(), Path.GetRandomFileName());

    public void Dispose() => File.Delete(_path);

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Sync_FileOfADisk_ReturnsAndAllocatesNothing(bool isDataOnly)
    {
        using SafeFileHandle handle = File.OpenHandle(_path, FileMode.CreateNew, FileAccess.Write);
        RandomAccess.Write(handle, "bytes"u8, 0);
        Sync(handle, isDataOnly);
        long before = GC.GetAllocatedBytesForCurrentThread();
        Sync(handle, isDataOnly);
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
        Assert.Equal(5, RandomAccess.GetLength(handle));
    }

    /// <summary>.NET's own flush returns normally here.</summary>
    [Theory]
    [InlineData(false, "fsync failed: Invalid argument (errno 22)")]
    [InlineData(true, "fdatasync failed: Invalid argument (errno 22)")]
    public void Sync_WhatIsNoFile_ThrowsWithTheSystemsNumber(bool isDataOnly, string message)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Elsewhere .NET's own flush stands in.");
        using SafeFileHandle handle = File.OpenHandle("/dev/null", FileMode.Open, FileAccess.Write);
        RandomAccess.FlushToDisk(handle);
        IOException error = Assert.Throws<IOException>(() => Sync(handle, isDataOnly));
        Assert.Equal(message, error.Message);
        Assert.Equal(22, error.HResult);
    }

    [Fact]
    public void Sync_ClosedHandle_ThrowsDisposed()
    {
        SafeFileHandle handle = File.OpenHandle(_path, FileMode.CreateNew, FileAccess.Write);
        handle.Dispose();
        Assert.Throws<ObjectDisposedException>(() => DurableFile.Sync(handle));
        Assert.Throws<ObjectDisposedException>(() => DurableFile.SyncData(handle));
    }

    private static void Sync(SafeFileHandle handle, bool isDataOnly)
    {
        if (isDataOnly)
        {
            DurableFile.SyncData(handle);
        }
        else
        {
            DurableFile.Sync(handle);
        }
    }
}
