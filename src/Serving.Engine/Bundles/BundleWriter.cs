using System.IO.Compression;
using Microsoft.Win32.SafeHandles;
using Serving.Data;
using Serving.Data.Durability;

namespace Serving.Engine.Bundles;

/// <summary>
/// Writes bundles: everything under a temporary name, <c>manifest.json</c> renamed in last, so that a server never sees
/// half of one. Files are synced before they are renamed and folders after it, so that a bundle whose write returned is
/// there after a loss of power. One thread.
/// </summary>
public static class BundleWriter
{
    // Two programs that pack at once take numbers one after the other; more tries mean something else is wrong.
    private const int NumberTriesMax = 100;

    /// <summary>
    /// Writes a bundle at a path: its folder, or one file when the name ends in <c>.bundle</c>. A bundle that is there
    /// already is replaced. Returns its manifest.
    /// </summary>
    /// <param name="draft">The bundle.</param>
    /// <param name="path">Folder or file.</param>
    /// <param name="version">Version, from 1.</param>
    /// <param name="samples">Sample requests; null makes some.</param>
    /// <exception cref="InputException">The folder holds something else, or a sample is refused.</exception>
    /// <exception cref="IOException">The disk is full or fails; whether the bundle is there is not known.</exception>
    public static BundleManifest WriteTo(BundleDraft draft, string path, long version = 1, SampleSet? samples = null)
    {
        BundleContent content = draft.Build(version, samples);
        if (path.EndsWith(BundleNames.FileSuffix, StringComparison.Ordinal))
        {
            WriteFile(content, path);
        }
        else
        {
            CheckReplaceable(path);
            if (!WriteFolder(content, path, isReplacing: true))
            {
                throw new IOException($"{path} was made by another program meanwhile");
            }
        }

        return content.Manifest;
    }

    /// <summary>
    /// Writes a bundle at <c>MODELS/N/V/</c> and returns its manifest. Without a version V is the next free integer; a
    /// version that exists is refused, since the same version never gets other bytes.
    /// </summary>
    /// <exception cref="InputException">The version exists, or a sample is refused.</exception>
    /// <exception cref="IOException">The disk is full or fails; whether the bundle is there is not known.</exception>
    public static BundleManifest WriteToModels(
        BundleDraft draft, string name, string models, long? version = null, SampleSet? samples = null)
    {
        string folder = Path.Combine(models, name);
        CreateFolders(folder);
        for (int attempt = 0; ; attempt++)
        {
            long number = version ?? NextVersion(folder);
            string path = Path.Combine(folder, $"{number}");
            if (!Directory.Exists(path) && !File.Exists(path + BundleNames.FileSuffix))
            {
                BundleContent content = draft.Build(number, samples);
                if (WriteFolder(content, path, isReplacing: false))
                {
                    return content.Manifest;
                }
            }

            // Another program may have taken the number between the look and the rename; the next one is free.
            if (version is not null || attempt == NumberTriesMax)
            {
                throw new InputException(new InputProblem(
                    $"version {number} of '{name}'", "a bundle under that number", "a free number",
                    "leave the version out to take the next free one"));
            }
        }
    }

    /// <summary>Writes a bundle's files as a folder; false where something took its name meanwhile.</summary>
    internal static bool WriteFolder(BundleContent content, string path, bool isReplacing)
    {
        string target = Path.GetFullPath(path).TrimEnd(Path.DirectorySeparatorChar);
        string parent = Path.GetDirectoryName(target)!;
        CreateFolders(parent);

        // Names that begin with a dot are passed over by the server.
        string temporary = Path.Combine(parent, $".{Path.GetFileName(target)}.{Path.GetRandomFileName()}.tmp");
        string manifest = Path.Combine(target, BundleManifest.FileName);
        string pending = Path.Combine(temporary, $".{BundleManifest.FileName}.tmp");
        try
        {
            Directory.CreateDirectory(temporary);
            foreach ((string name, byte[] bytes) in content.Files)
            {
                string file = Path.Combine(temporary, name);
                Directory.CreateDirectory(Path.GetDirectoryName(file)!);
                WriteSynced(file, bytes);
            }

            WriteSynced(pending, ManifestWriter.Write(content.Manifest));
            Array.ForEach(Directory.GetDirectories(temporary, "*", SearchOption.AllDirectories), DurableFolder.Sync);
            if (isReplacing && Directory.Exists(target))
            {
                Directory.Move(target, temporary + ".old");
            }

            if (!MoveIn(temporary, target))
            {
                return false;
            }

            File.Move(Path.Combine(target, Path.GetFileName(pending)), manifest);
            DurableFolder.Sync(target);
            DurableFolder.Sync(parent);
            return true;
        }
        finally
        {
            DeleteFolder(temporary);
            DeleteFolder(temporary + ".old");
        }
    }

    /// <summary>Writes a bundle's files as one zip file, the manifest last.</summary>
    internal static void WriteFile(BundleContent content, string path)
    {
        string target = Path.GetFullPath(path);
        string parent = Path.GetDirectoryName(target)!;
        CreateFolders(parent);
        string temporary = Path.Combine(
            parent, $".{Path.GetFileName(target)}.{Path.GetRandomFileName()}.tmp");
        try
        {
            using (var stream = new FileStream(temporary, FileMode.CreateNew, FileAccess.ReadWrite))
            {
                WriteArchive(stream, content);
                stream.Flush();
                DurableFile.SyncData(stream.SafeFileHandle);
            }

            File.Move(temporary, target, overwrite: true);
            DurableFolder.Sync(parent);
        }
        finally
        {
            File.Delete(temporary);
        }
    }

    private static void WriteArchive(Stream stream, BundleContent content)
    {
        using var archive = new ZipArchive(stream, ZipArchiveMode.Create, leaveOpen: true);
        foreach ((string name, byte[] bytes) in content.Files.OrderBy(file => file.Key, StringComparer.Ordinal))
        {
            WriteEntry(archive, name, bytes, content.Manifest.Created);
        }

        WriteEntry(archive, BundleManifest.FileName, ManifestWriter.Write(content.Manifest), content.Manifest.Created);
    }

    private static void WriteEntry(ZipArchive archive, string name, byte[] bytes, DateTimeOffset created)
    {
        // The reader refuses what inflates more than 100 times, so what packs too well is stored.
        bool isStored = bytes.Length > 1_024 && PackedSize(bytes) < bytes.Length / (BundleLimits.InflationMax / 2);
        ZipArchiveEntry entry = archive.CreateEntry(
            name, isStored ? CompressionLevel.NoCompression : CompressionLevel.Optimal);
        entry.LastWriteTime = created;
        using Stream stream = entry.Open();
        stream.Write(bytes);
    }

    private static long PackedSize(byte[] bytes)
    {
        using var packed = new MemoryStream();
        using (var deflate = new DeflateStream(packed, CompressionLevel.Optimal, leaveOpen: true))
        {
            deflate.Write(bytes);
        }

        return packed.Length;
    }

    // The names of new folders stand in those above them.
    private static void CreateFolders(string path)
    {
        string full = Path.GetFullPath(path);
        if (!Directory.Exists(full))
        {
            string parent = Path.GetDirectoryName(full)!;
            CreateFolders(parent);
            Directory.CreateDirectory(full);
            DurableFolder.Sync(parent);
        }
    }

    private static void WriteSynced(string path, byte[] bytes)
    {
        using SafeFileHandle handle = File.OpenHandle(path, FileMode.CreateNew, FileAccess.Write);
        RandomAccess.Write(handle, bytes, 0);
        DurableFile.SyncData(handle);
    }

    // Where the last step fails, what stood there before stands there again.
    private static bool MoveIn(string temporary, string target)
    {
        bool isReplacing = Directory.Exists(temporary + ".old");
        try
        {
            Directory.Move(temporary, target);
            return true;
        }
        catch (IOException) when (!isReplacing && Directory.Exists(target))
        {
            return false;
        }
        catch (IOException)
        {
            if (isReplacing)
            {
                Directory.Move(temporary + ".old", target);
            }

            throw;
        }
    }

    private static void CheckReplaceable(string path)
    {
        bool isOther = File.Exists(path) || (Directory.Exists(path) && Directory.EnumerateFileSystemEntries(path).Any()
            && !File.Exists(Path.Combine(path, BundleManifest.FileName)));
        if (isOther)
        {
            throw new InputException(new InputProblem(
                path, "something that is no bundle", "a free name, an empty folder or a bundle to replace"));
        }
    }

    private static long NextVersion(string folder)
    {
        long highest = 0;
        foreach (string entry in Directory.EnumerateFileSystemEntries(folder))
        {
            string name = Path.GetFileName(entry);
            name = name.EndsWith(BundleNames.FileSuffix, StringComparison.Ordinal)
                ? name[..^BundleNames.FileSuffix.Length]
                : name;
            highest = Math.Max(highest, BundleNames.VersionOf(name));
        }

        return highest + 1;
    }

    private static void DeleteFolder(string folder)
    {
        if (Directory.Exists(folder))
        {
            Directory.Delete(folder, recursive: true);
        }
    }
}
