using System.IO.Compression;
using Serving.Data;

namespace Serving.Engine.Bundles;

/// <summary>
/// Writes bundles: everything under a temporary name, <c>manifest.json</c> renamed in last, so that a server never sees
/// half of one. One thread.
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
            WriteFolder(content, path, isReplacing: true);
        }

        return content.Manifest;
    }

    /// <summary>
    /// Writes a bundle at <c>MODELS/N/V/</c> and returns its manifest. Without a version V is the next free integer; a
    /// version that exists is refused, since the same version never gets other bytes.
    /// </summary>
    /// <exception cref="InputException">The version exists, or a sample is refused.</exception>
    public static BundleManifest WriteToModels(
        BundleDraft draft, string name, string models, long? version = null, SampleSet? samples = null)
    {
        string folder = Path.Combine(models, name);
        Directory.CreateDirectory(folder);
        for (int attempt = 0; ; attempt++)
        {
            long number = version ?? NextVersion(folder);
            string path = Path.Combine(folder, $"{number}");
            if (Directory.Exists(path) || File.Exists(path + BundleNames.FileSuffix))
            {
                throw new InputException(new InputProblem(
                    $"version {number} of '{name}'", "a bundle under that number", "a free number",
                    "leave the version out to take the next free one"));
            }

            BundleContent content = draft.Build(number, samples);
            try
            {
                WriteFolder(content, path, isReplacing: false);
                return content.Manifest;
            }
            catch (IOException) when (version is null && Directory.Exists(path) && attempt < NumberTriesMax)
            {
                // Another program took the number between the look and the rename; the next one is free.
            }
        }
    }

    /// <summary>Writes a bundle's files as a folder.</summary>
    internal static void WriteFolder(BundleContent content, string path, bool isReplacing)
    {
        string target = Path.GetFullPath(path).TrimEnd(Path.DirectorySeparatorChar);
        string parent = Path.GetDirectoryName(target)!;
        Directory.CreateDirectory(parent);

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
                File.WriteAllBytes(file, bytes);
            }

            File.WriteAllBytes(pending, ManifestWriter.Write(content.Manifest));
            if (isReplacing && Directory.Exists(target))
            {
                Directory.Move(target, temporary + ".old");
            }

            MoveIn(temporary, target);
            File.Move(Path.Combine(target, Path.GetFileName(pending)), manifest);
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
        Directory.CreateDirectory(Path.GetDirectoryName(target)!);
        string temporary = Path.Combine(
            Path.GetDirectoryName(target)!, $".{Path.GetFileName(target)}.{Path.GetRandomFileName()}.tmp");
        try
        {
            using (var stream = new FileStream(temporary, FileMode.CreateNew, FileAccess.ReadWrite))
            using (var archive = new ZipArchive(stream, ZipArchiveMode.Create))
            {
                foreach ((string name, byte[] bytes) in content.Files.OrderBy(file => file.Key, StringComparer.Ordinal))
                {
                    WriteEntry(archive, name, bytes, content.Manifest.Created);
                }

                WriteEntry(
                    archive, BundleManifest.FileName, ManifestWriter.Write(content.Manifest), content.Manifest.Created);
            }

            File.Move(temporary, target, overwrite: true);
        }
        finally
        {
            File.Delete(temporary);
        }
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

    // Where the last step fails, what stood there before stands there again.
    private static void MoveIn(string temporary, string target)
    {
        try
        {
            Directory.Move(temporary, target);
        }
        catch (IOException)
        {
            if (Directory.Exists(temporary + ".old"))
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
