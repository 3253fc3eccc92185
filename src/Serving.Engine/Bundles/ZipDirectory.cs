using System.Buffers.Binary;
using System.Text;

namespace Serving.Engine.Bundles;

/// <summary>
/// Reads the central directory of a zip archive (PKWARE APPNOTE 6.3.10, sections 4.3.12 and 4.3.16) with limits that
/// <c>ZipArchive</c> does not have: it reads the whole directory into memory whatever its size, gives the first of two
/// entries of one name, and follows no overlap.
/// </summary>
/// <remarks>
/// Taken are archives of one part without zip64, comments of the end record included. What the local headers say is
/// compared when an entry is opened.
/// </remarks>
internal sealed class ZipDirectory
{
    private const uint EndSignature = 0x06054b50;
    private const uint EntrySignature = 0x02014b50;
    private const int EndSize = 22;
    private const int EntrySize = 46;
    private const int CommentMax = 0xFFFF;

    // A name of 255 bytes, and as much again for extra fields and comments, is above what any tool writes.
    private const int DirectoryBytesMax = BundleLimits.FilesMax * 1_024;

    private readonly BundleProblems _problems;

    private ZipDirectory(BundleProblems problems) => _problems = problems;

    /// <summary>The entries in the directory's order; notes every problem.</summary>
    public static List<ZipEntry> Read(Stream archive, BundleProblems problems) =>
        new ZipDirectory(problems).Read(archive);

    private List<ZipEntry> Read(Stream archive)
    {
        int tailSize = (int)Math.Min(archive.Length, EndSize + CommentMax);
        byte[] tail = new byte[tailSize];
        archive.Position = archive.Length - tailSize;
        archive.ReadExactly(tail);
        int end = EndOf(tail);
        if (end < 0)
        {
            _problems.Add("archive", "no end record", "a zip archive", "the file may be cut short");
            return [];
        }

        ReadOnlySpan<byte> record = tail.AsSpan(end);
        int count = BinaryPrimitives.ReadUInt16LittleEndian(record[10..]);
        long size = BinaryPrimitives.ReadUInt32LittleEndian(record[12..]);
        long offset = BinaryPrimitives.ReadUInt32LittleEndian(record[16..]);
        long endOffset = archive.Length - tailSize + end;
        bool isOnePart = BinaryPrimitives.ReadUInt32LittleEndian(record[4..]) == 0
            && BinaryPrimitives.ReadUInt16LittleEndian(record[8..]) == count;
        if (!isOnePart || count > BundleLimits.FilesMax || size > DirectoryBytesMax || offset + size != endOffset)
        {
            _problems.Add(
                "archive", $"a directory of {count} entries and {size} bytes at {offset}",
                $"at most {BundleLimits.FilesMax} entries, one part, no zip64, the directory before the end record");
            return [];
        }

        byte[] directory = new byte[(int)size];
        archive.Position = offset;
        archive.ReadExactly(directory);
        return Entries(directory, count, offset);
    }

    // From the end backwards: the record whose comment ends where the file does.
    private static int EndOf(ReadOnlySpan<byte> tail)
    {
        for (int start = tail.Length - EndSize; start >= 0; start--)
        {
            if (BinaryPrimitives.ReadUInt32LittleEndian(tail[start..]) == EndSignature
                && start + EndSize + BinaryPrimitives.ReadUInt16LittleEndian(tail[(start + 20)..]) == tail.Length)
            {
                return start;
            }
        }

        return -1;
    }

    private List<ZipEntry> Entries(ReadOnlySpan<byte> directory, int count, long directoryOffset)
    {
        var entries = new List<ZipEntry>(count);
        int position = 0;
        for (int index = 0; index < count; index++)
        {
            ReadOnlySpan<byte> left = directory[position..];
            if (left.Length < EntrySize || BinaryPrimitives.ReadUInt32LittleEndian(left) != EntrySignature)
            {
                _problems.Add(
                    $"archive, entry {index}", "no directory entry", "the entries that the end record counts");
                return entries;
            }

            int nameSize = BinaryPrimitives.ReadUInt16LittleEndian(left[28..]);
            int size = EntrySize + nameSize + BinaryPrimitives.ReadUInt16LittleEndian(left[30..])
                + BinaryPrimitives.ReadUInt16LittleEndian(left[32..]);
            if (size > left.Length)
            {
                _problems.Add($"archive, entry {index}", "an entry beyond the directory", "whole entries");
                return entries;
            }

            entries.Add(EntryOf(left, nameSize));
            position += size;
        }

        if (position != directory.Length)
        {
            _problems.Add("archive", $"{directory.Length - position} bytes behind the last entry", "none");
        }

        CheckPlaces(entries, directoryOffset);
        return entries;
    }

    private static ZipEntry EntryOf(ReadOnlySpan<byte> entry, int nameSize) => new(
        Encoding.UTF8.GetString(entry.Slice(EntrySize, nameSize)),
        BinaryPrimitives.ReadUInt16LittleEndian(entry[10..]),
        BinaryPrimitives.ReadUInt16LittleEndian(entry[8..]),
        BinaryPrimitives.ReadUInt32LittleEndian(entry[16..]),
        BinaryPrimitives.ReadUInt32LittleEndian(entry[20..]),
        BinaryPrimitives.ReadUInt32LittleEndian(entry[24..]),
        BinaryPrimitives.ReadUInt32LittleEndian(entry[42..]),
        BinaryPrimitives.ReadUInt32LittleEndian(entry[38..]));

    // Overlapping entries let a small archive inflate to a huge tree, each entry within the ratio.
    private void CheckPlaces(List<ZipEntry> entries, long directoryOffset)
    {
        long end = 0;
        foreach (ZipEntry entry in entries.OrderBy(entry => entry.HeaderOffset))
        {
            if (entry.HeaderOffset < end)
            {
                _problems.Add($"'{entry.Name}'", "bytes that another entry holds too", "entries that do not overlap");
            }

            end = Math.Max(end, entry.HeaderOffset + ZipStorage.LocalHeaderSize + entry.Name.Length + entry.PackedSize);
        }

        if (end > directoryOffset)
        {
            _problems.Add("archive", "an entry that reaches into the directory", "entries before the directory");
        }
    }
}
