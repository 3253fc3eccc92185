using Serving.Data.Durability;
using Xunit;

namespace Serving.Data.Tests.Durability;

public sealed class DurableFolderTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("größe-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData("")]
    [InlineData("/")]
    public void Sync_FolderThatIsThere_LeavesNoHandleOpen(string end)
    {
        File.WriteAllText(Path.Combine(_folder, "a"), "a");
        DurableFolder.Sync(_folder + end);
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Open files are listed by Linux.");
        Assert.DoesNotContain(
            Directory.EnumerateFiles("/proc/self/fd"),
            link => new FileInfo(link).LinkTarget?.TrimEnd('/') == _folder);
    }

    [Fact]
    public void Sync_RootFolder_Returns() => DurableFolder.Sync("/");

    [Theory]
    [InlineData("absent", "No such file or directory (errno 2)")]
    [InlineData("file", "Not a directory (errno 20)")]
    public void Sync_NoSuchFolder_ThrowsWithItsPath(string name, string reason)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Only Linux syncs folders.");
        File.WriteAllText(Path.Combine(_folder, "file"), "");
        string path = Path.Combine(_folder, name);
        IOException error = Assert.Throws<IOException>(() => DurableFolder.Sync(path));
        Assert.Equal($"open of the folder '{path}' failed: {reason}", error.Message);
    }

    /// <summary>A name that ends at the NUL for the system would be another folder.</summary>
    [Fact]
    public void Sync_PathWithNul_IsRefused() =>
        Assert.Throws<ArgumentException>(() => DurableFolder.Sync(_folder + "\0x"));
}
