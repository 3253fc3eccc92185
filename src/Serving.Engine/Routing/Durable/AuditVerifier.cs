using Microsoft.Win32.SafeHandles;

namespace Serving.Engine.Routing.Durable;

/// <summary>
/// Checks the audit of a control folder: a line that was changed, put in, taken out of the middle or off the end is
/// found. Safe beside a server that writes.
/// </summary>
public static class AuditVerifier
{
    /// <summary>Checks the audit of a folder.</summary>
    /// <exception cref="IOException">There is no such folder, or it cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be read.</exception>
    public static AuditVerification Verify(string folder)
    {
        if (!Directory.Exists(folder))
        {
            throw new DirectoryNotFoundException($"there is no folder '{folder}'");
        }

        // Before the audit: a line that is written meanwhile makes the audit longer, never the table.
        ControlTable? known = ControlTable.Read(folder);
        bool hasTable = File.Exists(Path.Combine(folder, ControlFiles.Table));
        string path = Path.Combine(folder, ControlFiles.Audit);
        if (!File.Exists(path))
        {
            return hasTable
                ? new AuditVerification(0, 1, $"there is no {ControlFiles.Audit}, which {ControlFiles.Table} knows", 0)
                : new AuditVerification(0, 0, "", 0);
        }

        using SafeFileHandle file = File.OpenHandle(
            path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        return Verify(file, known, hasTable);
    }

    private static AuditVerification Verify(SafeFileHandle file, ControlTable? known, bool hasTable)
    {
        long seq = 0;
        string previous = AuditLine.FirstPrevious;
        long end = 0;
        foreach ((ReadOnlyMemory<byte> line, long lineEnd) in AuditLines.Read(file, 0))
        {
            AuditEntry? entry = AuditLine.Read(line);
            string problem = ProblemOf(entry, seq, previous);
            if (problem.Length == 0 && known is not null && entry!.Seq == known.Seq && entry.Hash != known.Hash)
            {
                problem = $"it is not the line that {ControlFiles.Table} names";
            }

            if (problem.Length > 0)
            {
                return new AuditVerification(seq, seq + 1, problem, 0);
            }

            seq = entry!.Seq;
            previous = entry.Hash;
            end = lineEnd;
        }

        long torn = RandomAccess.GetLength(file) - end;
        if (known is not null && known.Seq > seq)
        {
            string cut = $"it is missing: {ControlFiles.Table} names line {known.Seq} as the last";
            return new AuditVerification(seq, seq + 1, cut, torn);
        }

        // The first line is synced before the first table is written.
        return known is null && (hasTable || seq > 1)
            ? new AuditVerification(
                seq, seq, $"{ControlFiles.Table}, which names the last line, is missing or damaged", torn)
            : new AuditVerification(seq, 0, "", torn);
    }

    private static string ProblemOf(AuditEntry? entry, long seq, string previous) =>
        entry is null ? "it is no line of an audit"
        : entry.Hash != entry.Computed ? "it was changed: its hash is another"
        : entry.Seq != seq + 1 ? $"its number is {entry.Seq}, expected {seq + 1}: lines are missing or were put in"
        : entry.Previous != previous ? "the line before it is not the one that it names"
        : "";
}
