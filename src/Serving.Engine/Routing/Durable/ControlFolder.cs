using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using Microsoft.Win32.SafeHandles;
using Serving.Data.Durability;

namespace Serving.Engine.Routing.Durable;

/// <summary>
/// The control folder: an audit of every act, whose lines are chained by hashes, and the tables that they left. It is
/// made when first needed. One server writes it at a time; others that share it follow what is written. Safe for use
/// by several threads.
/// </summary>
public sealed class ControlFolder : IControlJournal, IDisposable
{
    // What flock(2) says of a file that another process holds, and what Windows says.
    private const int WouldBlock = 11;
    private const int SharingViolation = unchecked((int)0x80070020);

    private readonly Lock _gate = new();
    private readonly string _folder;
    private AuditState _state = AuditState.Empty;
    private SafeFileHandle? _held;
    private SafeFileHandle? _audit;
    private string? _broken;

    /// <summary>Names the folder; nothing is read or made.</summary>
    public ControlFolder(string folder) => _folder = folder;

    /// <summary>The folder.</summary>
    public string Folder => _folder;

    /// <summary>What is wrong with the folder, for people; empty when all is well.</summary>
    public string Problem { get; private set; } = "";

    /// <inheritdoc/>
    public IReadOnlyList<TrafficState> Load()
    {
        lock (_gate)
        {
            Read();
            return [.. _state.Table.Tables.Values];
        }
    }

    /// <inheritdoc/>
    public IReadOnlyList<TrafficState>? Follow()
    {
        lock (_gate)
        {
            // Who holds the folder wrote what is there.
            var audit = new FileInfo(Path.Combine(_folder, ControlFiles.Audit));
            if (_held is not null || !audit.Exists || audit.Length == _state.Length)
            {
                return null;
            }

            string before = _state.Table.Hash;
            Read();
            return _state.Table.Hash == before ? null : [.. _state.Table.Tables.Values];
        }
    }

    /// <inheritdoc/>
    public void Write(ControlLine line)
    {
        lock (_gate)
        {
            if (_broken is not null)
            {
                throw new IOException(_broken);
            }

            Hold();
            long seq = _state.Table.Seq + 1;
            (byte[] bytes, string hash) = AuditLine.Compose(seq, _state.Table.Hash, line);
            Append(bytes);
            _state = _state with
            {
                Table = _state.Table.With(seq, hash, line.Table),
                Length = _state.Length + bytes.Length,
            };
            WriteTable();
        }
    }

    /// <summary>The audit's lines behind a number, as they stand, at most so many; empty where there is none.</summary>
    /// <exception cref="IOException">It cannot be read.</exception>
    public ImmutableArray<ReadOnlyMemory<byte>> LinesAfter(long seq, int countMax)
    {
        string path = Path.Combine(_folder, ControlFiles.Audit);
        if (!File.Exists(path))
        {
            return [];
        }

        using SafeFileHandle file = File.OpenHandle(
            path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        var lines = ImmutableArray.CreateBuilder<ReadOnlyMemory<byte>>();
        foreach ((ReadOnlyMemory<byte> line, _) in AuditLines.Read(file, 0))
        {
            if (AuditLine.Read(line) is { } entry && entry.Seq > seq)
            {
                // The reader uses its buffer again.
                lines.Add(line.ToArray());
                if (lines.Count == countMax)
                {
                    break;
                }
            }
        }

        return lines.ToImmutable();
    }

    /// <summary>Gives the folder to whoever wants it next.</summary>
    public void Dispose()
    {
        lock (_gate)
        {
            _audit?.Dispose();
            _held?.Dispose();
            _audit = null;
            _held = null;
        }
    }

    private void Read()
    {
        try
        {
            _state = AuditState.Read(_folder);
            Problem = _state.Problem;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            Problem = exception.Message;
        }
    }

    // Takes the folder for good: what another server wrote since it was read is taken over first, by the next Follow.
    [SuppressMessage("Reliability", "CA2000", Justification = "Kept, or disposed in the finally block.")]
    private void Hold()
    {
        if (_held is not null)
        {
            return;
        }

        WholeFile.CreateFolder(_folder);
        SafeFileHandle held = OpenLock();
        SafeFileHandle? audit = null;
        try
        {
            audit = File.OpenHandle(
                Path.Combine(_folder, ControlFiles.Audit), FileMode.OpenOrCreate, FileAccess.ReadWrite,
                FileShare.Read | FileShare.Delete);
            DurableFolder.Sync(_folder);
            AuditState now = AuditState.Read(_folder);
            if (now.Table.Hash != _state.Table.Hash)
            {
                throw new IOException("another server acted meanwhile; look again");
            }

            // A torn tail was never acknowledged.
            if (RandomAccess.GetLength(audit) > now.Length)
            {
                RandomAccess.SetLength(audit, now.Length);
                DurableFile.SyncData(audit);
            }

            _state = now;
            _held = held;
            _audit = audit;
        }
        finally
        {
            if (_held is null)
            {
                audit?.Dispose();
                held.Dispose();
            }
        }
    }

    private SafeFileHandle OpenLock()
    {
        try
        {
            return File.OpenHandle(
                Path.Combine(_folder, ControlFiles.Lock), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException error) when (error.HResult is WouldBlock or SharingViolation)
        {
            throw new IOException("another server holds it; act there, or stop that server", error);
        }
    }

    private void Append(byte[] bytes)
    {
        try
        {
            RandomAccess.Write(_audit!, bytes, _state.Length);
        }
        catch (IOException)
        {
            // Nothing of it is believed; the next act may find room again.
            RandomAccess.SetLength(_audit!, _state.Length);
            throw;
        }

        try
        {
            DurableFile.SyncData(_audit!);
        }
        catch (IOException exception)
        {
            // The file is never synced again: a second call could answer well although the bytes are lost.
            _broken = $"{ControlFiles.Audit} could not be synced once and is not written any more until the server is "
                + $"started again: {exception.Message}";
            RandomAccess.SetLength(_audit!, _state.Length);
            throw;
        }
    }

    // The line is synced, so the act holds; a table that is one line behind is caught up at the next start.
    private void WriteTable()
    {
        try
        {
            _state.Table.Write(_folder);
            Problem = _state.Problem;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            Problem = $"{ControlFiles.Table} cannot be written: {exception.Message}";
        }
    }
}
