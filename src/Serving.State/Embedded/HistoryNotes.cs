namespace Serving.State.Embedded;

/// <summary>
/// When the history of each log begins: in the process, and with a folder in its file too. Safe for use by several
/// threads.
/// </summary>
/// <param name="folder">The folder; null keeps it in the process alone.</param>
/// <param name="logs">What was noted before; owned from now on.</param>
/// <param name="time">The clock, for the file's header.</param>
internal sealed class HistoryNotes(string? folder, Dictionary<ulong, LogHistory> logs, TimeProvider time)
{
    private readonly Lock _gate = new();
    private Dictionary<ulong, LogHistory> _logs = logs;

    /// <summary>What is noted of a log, or null.</summary>
    public LogHistory? Of(ulong log)
    {
        lock (_gate)
        {
            return _logs.TryGetValue(log, out LogHistory known) ? known : null;
        }
    }

    /// <summary>Notes a log's history; returns what stands. Writes only where it changes something.</summary>
    /// <exception cref="IOException">The file cannot be written; nothing was noted.</exception>
    public LogHistory Note(ulong log, LogHistory history)
    {
        lock (_gate)
        {
            bool isKnown = _logs.TryGetValue(log, out LogHistory known);
            LogHistory both = isKnown ? known.With(history) : history;
            if (!isKnown || both != known)
            {
                Replace(new Dictionary<ulong, LogHistory>(_logs) { [log] = both });
            }

            return both;
        }
    }

    /// <summary>Forgets a log's history.</summary>
    /// <exception cref="IOException">The file cannot be written; nothing was forgotten.</exception>
    public void Forget(ulong log)
    {
        lock (_gate)
        {
            if (_logs.ContainsKey(log))
            {
                Dictionary<ulong, LogHistory> less = new(_logs);
                less.Remove(log);
                Replace(less);
            }
        }
    }

    private void Replace(Dictionary<ulong, LogHistory> logs)
    {
        if (folder is not null)
        {
            try
            {
                HistoryFile.Write(folder, logs, time.GetUtcNow());
            }
            catch (UnauthorizedAccessException denied)
            {
                throw new IOException(denied.Message, denied);
            }
        }

        _logs = logs;
    }
}
