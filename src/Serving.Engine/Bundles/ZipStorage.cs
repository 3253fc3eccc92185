using System.Buffers.Binary;
using System.IO.Compression;
using System.IO.Hashing;
using System.Text;

namespace Serving.Engine.Bundles;

/// <summary>A bundle as one zip file, entries stored or deflated.</summary>
internal sealed class ZipStorage : BundleStorage
{
    /// <summary>Bytes of a local header without its name.</summary>
    public const int LocalHeaderSize = 30;

    private const uint LocalSignature = 0x04034b50;
    private const int Stored = 0;
    private const int Deflated = 8;

    // Unix file kinds in the high bits of a mode; 0 is a maker that does not say.
    private const uint ModeKind = 0xF000;
    private const uint ModeRegular = 0x8000;

    private readonly FileStream _archive;
    private readonly Dictionary<string, ZipEntry> _entries = new(StringComparer.Ordinal);

    private ZipStorage(FileStream archive) => _archive = archive;

    /// <summary>Lists the archive; notes what may not be in it.</summary>
    public static ZipStorage? OpenArchive(string path, BundleProblems problems)
    {
        FileStream? archive = null;
        try
        {
            // A FIFO has no bytes; it is not opened.
            if (new FileInfo(path).Length == 0)
            {
                problems.Add(Path.GetFileName(path), "no bytes", "a zip archive");
                return null;
            }

            archive = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            var storage = new ZipStorage(archive);
            storage.Take(ZipDirectory.Read(archive, problems), problems);
            return storage;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            archive?.Dispose();
            problems.Add(Path.GetFileName(path), exception.GetType().Name, "a zip archive that can be read");
            return null;
        }
    }

    public override void Dispose() => _archive.Dispose();

    protected override Stream OpenFile(string name)
    {
        ZipEntry entry = _entries[name];
        Span<byte> header = stackalloc byte[LocalHeaderSize];
        _archive.Position = entry.HeaderOffset;
        _archive.ReadExactly(header);
        int nameSize = BinaryPrimitives.ReadUInt16LittleEndian(header[26..]);
        int extraSize = BinaryPrimitives.ReadUInt16LittleEndian(header[28..]);
        byte[] localName = new byte[nameSize];
        _archive.ReadExactly(localName);
        if (BinaryPrimitives.ReadUInt32LittleEndian(header) != LocalSignature
            || BinaryPrimitives.ReadUInt16LittleEndian(header[8..]) != entry.Method
            || !Encoding.UTF8.GetString(localName).Equals(name, StringComparison.Ordinal))
        {
            throw new InvalidDataException("the local header and the directory differ");
        }

        _archive.Position = entry.HeaderOffset + LocalHeaderSize + nameSize + extraSize;
        var packed = new SliceStream(_archive, entry.PackedSize);
        return entry.Method == Stored ? packed : new DeflateStream(packed, CompressionMode.Decompress);
    }

    protected override bool IsWhole(string name, ReadOnlySpan<byte> bytes) =>
        Crc32.HashToUInt32(bytes) == _entries[name].Crc32;

    private void Take(List<ZipEntry> entries, BundleProblems problems)
    {
        foreach (ZipEntry entry in entries)
        {
            if (IsTaken(entry, problems) && !_entries.TryAdd(entry.Name, entry))
            {
                problems.Add($"'{entry.Name}'", "a second entry of that name", "one");
            }
        }

        foreach ((string name, ZipEntry entry) in _entries)
        {
            Sizes[name] = entry.Size;
        }
    }

    private static bool IsTaken(ZipEntry entry, BundleProblems problems)
    {
        uint kind = (entry.Attributes >> 16) & ModeKind;
        if (!BundleNames.IsFileName(entry.Name))
        {
            problems.Add($"'{entry.Name}'", "a name", "letters, digits, '_', '.', '-', below the bundle; no folders");
        }
        else if (kind != 0 && kind != ModeRegular)
        {
            problems.Add($"'{entry.Name}'", "a link or a special file", "regular files alone");
        }
        else if (entry.Method is not (Stored or Deflated) || (entry.Flags & 1) != 0)
        {
            problems.Add(
                $"'{entry.Name}'", $"method {entry.Method}, flags {entry.Flags}", "stored or deflated, not encrypted");
        }
        else if (entry.Method == Stored && entry.Size != entry.PackedSize)
        {
            problems.Add($"'{entry.Name}'", $"{entry.PackedSize} bytes stored as {entry.Size}", "one size");
        }
        else if (entry.Size > entry.PackedSize * BundleLimits.InflationMax)
        {
            problems.Add(
                $"'{entry.Name}'", $"{entry.Size} bytes from {entry.PackedSize}",
                $"at most {BundleLimits.InflationMax} times as many");
        }
        else
        {
            return true;
        }

        return false;
    }
}
