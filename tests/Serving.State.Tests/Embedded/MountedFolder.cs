using System.Diagnostics;
using System.Globalization;

namespace Serving.State.Tests.Embedded;

/// <summary>A small file system of its own for a test; the test is skipped where none may be mounted.</summary>
internal sealed class MountedFolder : IDisposable
{
    private MountedFolder(string folder) => Folder = folder;

    public string Folder { get; }

    public static MountedFolder Small(int megabytes)
    {
        string folder = Directory.CreateTempSubdirectory("serving-disk-").FullName;
        string size = string.Create(CultureInfo.InvariantCulture, $"size={megabytes}m");
        bool isMounted = OperatingSystem.IsLinux() && Run("mount", "-t", "tmpfs", "-o", size, "tmpfs", folder);
        if (!isMounted)
        {
            Directory.Delete(folder);
            Assert.Skip("no file system may be mounted here (mount -t tmpfs)");
        }

        return new MountedFolder(folder);
    }

    public void Dispose()
    {
        if (Run("umount", "-l", Folder))
        {
            Directory.Delete(Folder);
        }
    }

    private static bool Run(string program, params string[] arguments)
    {
        try
        {
            using Process process = Process.Start(
                new ProcessStartInfo(program, arguments) { UseShellExecute = false, RedirectStandardError = true })!;
            _ = process.StandardError.ReadToEnd();
            process.WaitForExit();
            return process.ExitCode == 0;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return false;
        }
    }
}
