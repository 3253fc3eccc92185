namespace Serving.Engine.Predictions.Log;

/// <summary>
/// The answers that wait for the disk (strict). Safe for use by several threads: request threads add, the log's threads
/// answer.
/// </summary>
internal sealed class LogWaiters
{
    private readonly Lock _lock = new();
    private readonly List<LogTicket> _waiting = new(1024);

    /// <summary>Whether somebody waits.</summary>
    public bool IsEmpty
    {
        get
        {
            lock (_lock)
            {
                return _waiting.Count == 0;
            }
        }
    }

    /// <summary>Waits for a position; answer what was synced meanwhile behind it.</summary>
    public ValueTask<LogOutcome> Add(LogTicket ticket, long position, long until)
    {
        ValueTask<LogOutcome> waiting = ticket.Begin(position, until);
        lock (_lock)
        {
            _waiting.Add(ticket);
        }

        return waiting;
    }

    /// <summary>Answers all that wait for at most a position.</summary>
    public void AnswerUpTo(long position, LogOutcome outcome)
    {
        lock (_lock)
        {
            int kept = 0;
            for (int index = 0; index < _waiting.Count; index++)
            {
                LogTicket ticket = _waiting[index];
                if (ticket.Position <= position)
                {
                    ticket.Complete(outcome);
                }
                else
                {
                    _waiting[kept++] = ticket;
                }
            }

            _waiting.RemoveRange(kept, _waiting.Count - kept);
        }
    }

    /// <summary>Answers all that have waited long enough. Returns how many.</summary>
    public int AnswerLate(long now, LogOutcome outcome)
    {
        int late = 0;
        lock (_lock)
        {
            int kept = 0;
            for (int index = 0; index < _waiting.Count; index++)
            {
                LogTicket ticket = _waiting[index];
                if (ticket.Until <= now)
                {
                    ticket.Complete(outcome);
                    late++;
                }
                else
                {
                    _waiting[kept++] = ticket;
                }
            }

            _waiting.RemoveRange(kept, _waiting.Count - kept);
        }

        return late;
    }
}
