using System.Buffers.Binary;
using Microsoft.Win32.SafeHandles;
using Serving.Data.Durability;

namespace Serving.State.Embedded;

/// <summary>
/// The file that says when the history of each log begins: a <see cref="FileHeader"/> whose sequence is the number of
/// logs, for each log its hash 8, begin in Unix milliseconds 8, flags 8 (1: filled), then CRC-32C of all logs 4.
/// Replaced as a whole.
/// </summary>
internal static class HistoryFile
{
    private const int EntrySize = 24;
    private const int SumSize = 4;
    private const int LogsMax = 100_000;
    private const ulong Filled = 1;

    /// <summary>Puts the file in the place of the one before: it is on the disk when this returns.</summary>
    public static void Write(string folder, IReadOnlyDictionary<ulong, LogHistory> logs, DateTimeOffset now)
    {
        byte[] bytes = new byte[FileHeader.Size + (logs.Count * EntrySize) + SumSize];
        FileHeader.Write(bytes, FileHeader.History, (ulong)logs.Count, now);
        int at = FileHeader.Size;
        foreach ((ulong log, LogHistory history) in logs.OrderBy(pair => pair.Key))
        {
            Span<byte> entry = bytes.AsSpan(at, EntrySize);
            BinaryPrimitives.WriteUInt64LittleEndian(entry, log);
            BinaryPrimitives.WriteInt64LittleEndian(entry[8..], history.SinceMs);
            BinaryPrimitives.WriteUInt64LittleEndian(entry[16..], history.IsFilled ? Filled : 0);
            at += EntrySize;
        }

        BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(at), Crc32C.Of(bytes.AsSpan()[FileHeader.Size..at]));
        string path = Path.Combine(folder, FolderFiles.History);
        string unfinished = FolderFiles.UnfinishedPath(path);
        using (SafeFileHandle handle = File.OpenHandle(unfinished, FileMode.Create, FileAccess.Write))
        {
            RandomAccess.Write(handle, bytes, 0);
            DurableFile.Sync(handle);
        }

        File.Move(unfinished, path, overwrite: true);
        DurableFolder.Sync(folder);
    }

    /// <summary>Reads the file: empty where there is none, or where it is damaged, which is said.</summary>
    public static Dictionary<ulong, LogHistory> Read(string folder, FolderDamage damage)
    {
        string path = Path.Combine(folder, FolderFiles.History);
        byte[] bytes;
        try
        {
            using FileStream file = File.OpenRead(path);
            bytes = new byte[Math.Min(file.Length, FileHeader.Size + (LogsMax * EntrySize) + SumSize + 1)];
            file.ReadExactly(bytes);
        }
        catch (FileNotFoundException)
        {
            return [];
        }

        Dictionary<ulong, LogHistory> logs = [];
        if (FaultOf(bytes, logs) is { } fault)
        {
            damage.Add(path, 0, fault, "when the history of each log begins");
            return [];
        }

        return logs;
    }

    private static string? FaultOf(ReadOnlySpan<byte> bytes, Dictionary<ulong, LogHistory> logs)
    {
        if (FileHeader.Read(bytes, FileHeader.History, out ulong count) is { } fault)
        {
            return fault;
        }

        if (count > LogsMax || bytes.Length != FileHeader.Size + ((int)count * EntrySize) + SumSize)
        {
            return $"{bytes.Length} bytes for {count} logs";
        }

        ReadOnlySpan<byte> entries = bytes[FileHeader.Size..^SumSize];
        if (Crc32C.Of(entries) != BinaryPrimitives.ReadUInt32LittleEndian(bytes[^SumSize..]))
        {
            return "logs with a wrong checksum";
        }

        for (; entries.Length > 0; entries = entries[EntrySize..])
        {
            ulong flags = BinaryPrimitives.ReadUInt64LittleEndian(entries[16..]);
            if (flags > Filled || !logs.TryAdd(
                BinaryPrimitives.ReadUInt64LittleEndian(entries),
                new LogHistory(BinaryPrimitives.ReadInt64LittleEndian(entries[8..]), flags == Filled)))
            {
                return $"flags {flags:x}, or a log twice";
            }
        }

        return null;
    }
}
