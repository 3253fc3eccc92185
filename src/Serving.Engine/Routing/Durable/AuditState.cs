using Microsoft.Win32.SafeHandles;

namespace Serving.Engine.Routing.Durable;

/// <summary>What the files of a control folder say together. Immutable.</summary>
/// <param name="Table">The tables, and the line that they are of.</param>
/// <param name="Length">Bytes of the audit up to the end of its last whole line.</param>
/// <param name="Problem">What is wrong with the files, or empty.</param>
internal sealed record AuditState(ControlTable Table, long Length, string Problem)
{
    /// <summary>Nothing was ever done.</summary>
    public static AuditState Empty { get; } = new(ControlTable.Empty, 0, "");

    /// <summary>
    /// Reads a folder. The last whole line wins; where lines are missing that <c>table.json</c> knows, its tables hold:
    /// what was acknowledged is never forgotten.
    /// </summary>
    /// <exception cref="IOException">The files cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">They may not be read.</exception>
    public static AuditState Read(string folder)
    {
        ControlTable? known = ControlTable.Read(folder);
        string path = Path.Combine(folder, ControlFiles.Audit);
        if (!File.Exists(path))
        {
            return known is null
                ? Empty
                : new AuditState(known, 0, $"{ControlFiles.Audit} is missing; {ControlFiles.Table} holds");
        }

        using SafeFileHandle file = File.OpenHandle(
            path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        return Read(file, known);
    }

    private static AuditState Read(SafeFileHandle file, ControlTable? known)
    {
        ControlTable table = ControlTable.Empty;
        long length = 0;
        string problem = "";
        foreach ((ReadOnlyMemory<byte> line, long end) in AuditLines.Read(file, 0))
        {
            AuditEntry? entry = AuditLine.Read(line);
            bool isRight = entry is not null && entry.Hash == entry.Computed && entry.Previous == table.Hash
                && entry.Seq == table.Seq + 1;
            if (!isRight && (entry is null || entry.Seq > (known?.Seq ?? 0)) && table.Seq >= (known?.Seq ?? 0))
            {
                // Never acknowledged: what a loss of power left of a line.
                break;
            }

            problem = isRight || problem.Length > 0
                ? problem
                : $"{ControlFiles.Audit} was changed behind line {table.Seq}: see `audit verify`";
            length = end;
            table = entry is null ? table : table.With(entry.Seq, entry.Hash, entry.Table);
        }

        bool isShort = known is not null && known.Seq > table.Seq;
        return new AuditState(
            isShort ? known! : table,
            length,
            isShort
                ? $"{ControlFiles.Audit} ends at line {table.Seq}, {ControlFiles.Table} knows line {known!.Seq}: lines "
                    + "were taken away"
                : problem);
    }
}
